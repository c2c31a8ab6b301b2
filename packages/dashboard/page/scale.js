/* The one scale of all bars that are in sight. Pure. */

/** @import { Row } from '../src/history/row.ts' */

import { DURATION, OUTCOME, PHASES, START } from './model.js'
import { stepOf } from './format.js'

/**
 * What the width of the bars stands for.
 * @typedef {object} Scale
 * @property {'time' | 'length'} kind `time`: all on one time line; `length`: each bar from its own beginning
 * @property {number} from the left edge; 0 for lengths
 * @property {number} length
 */

/**
 * A bar or a part of one, in shares of the width.
 * @typedef {object} Part
 * @property {string} phase 'whole' for the operation itself
 * @property {number} left
 * @property {number} width
 * @property {string} outcome
 */

/**
 * The scale on which all of these rows are shown.
 * @param {readonly Row[]} rows
 * @param {'time' | 'length'} kind
 * @param {number} now where an operation that runs ends for now
 * @returns {Scale}
 */
export function scaleOf(rows, kind, now) {
  let [first, last, longest] = [Infinity, -Infinity, 0]
  for (const row of rows) {
    const length = lengthOf(row, now)
    first = Math.min(first, row[START])
    last = Math.max(last, row[START] + length)
    longest = Math.max(longest, length)
  }
  if (first === Infinity) return { kind, from: 0, length: 1 }
  if (kind === 'length') return { kind, from: 0, length: Math.max(longest, 0.001) }
  return { kind, from: first, length: Math.max(last - first, 0.001) }
}

/**
 * The bar of a row and the parts of its phases, left to right.
 * @param {Row} row
 * @param {Scale} scale
 * @param {number} now
 * @returns {Part[]}
 */
export function partsOf(row, scale, now) {
  const start = scale.kind === 'length' ? 0 : row[START] - scale.from
  const share = (/** @type {number} */ length) => length / scale.length
  const length = lengthOf(row, now)
  const whole = { phase: 'whole', left: share(start), width: share(length), outcome: row[OUTCOME] }
  const phases = row[PHASES].map(([phase, after, known, outcome]) => ({
    phase,
    left: share(start + after),
    width: share(Math.min(known ?? length - after, Math.max(length - after, 0))),
    outcome,
  }))
  return [whole, ...phases]
}

/**
 * The left edge of a bar in CSS: what is as short as nothing stays in sight at the end of the scale.
 * @param {number} share of the width
 */
export function leftOf(share) {
  return `min(${share * 100}%, 100% - 2px)`
}

/**
 * Where the lines of the scale stand, in shares of the width, with how far each is from the left edge in milliseconds.
 * @param {Scale} scale
 * @param {number} wanted
 */
export function ticksOf({ length }, wanted) {
  const wide = stepOf(length, wanted)
  // A beginning alone would be no scale.
  const step = wide > length ? stepOf(length, wanted + 1) : wide
  const count = Math.floor(length / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, at) => ({
    at: step * at,
    left: (step * at) / length,
  }))
}

/**
 * @param {Row} row
 * @param {number} now
 */
function lengthOf(row, now) {
  return row[DURATION] ?? Math.max(now - row[START], 0)
}
