/* Which operations are shown. Pure: a filter is data, and passing it a function of a row. */

/** @import { Row } from '../src/history/row.ts' */

import {
  CODE,
  hostOf,
  ID,
  OPERATION,
  OUTCOME,
  PARENT,
  PROTOCOL,
  STATUS,
  TARGET,
  processOf,
} from './model.js'

/**
 * What must hold of a row. Empty sets let everything through.
 * @typedef {object} Filter
 * @property {string} text in the target, the verb, the code, the status or the host
 * @property {ReadonlySet<string>} protocols
 * @property {ReadonlySet<string>} outcomes
 * @property {string} host '' for all
 * @property {number | undefined} process undefined for all
 * @property {boolean} inner whether operations within others are shown
 */

/** @type {Filter} */
export const EVERYTHING = {
  text: '',
  protocols: new Set(),
  outcomes: new Set(),
  host: '',
  process: undefined,
  inner: true,
}

/**
 * Whether the filter lets everything through.
 * @param {Filter} filter
 */
export function isOpen({ text, protocols, outcomes, host, process, inner }) {
  return (
    text === '' &&
    protocols.size === 0 &&
    outcomes.size === 0 &&
    host === '' &&
    process === undefined &&
    inner
  )
}

/**
 * A test of rows.
 * @param {Filter} filter
 * @returns {(row: Row) => boolean}
 */
export function passing({ text, protocols, outcomes, host, process, inner }) {
  const wanted = text.trim().toLowerCase()
  return (row) =>
    (protocols.size === 0 || protocols.has(row[PROTOCOL])) &&
    (outcomes.size === 0 || outcomes.has(row[OUTCOME])) &&
    (host === '' || hostOf(row) === host) &&
    (process === undefined || processOf(row[ID]) === process) &&
    (inner || row[PARENT] === null) &&
    (wanted === '' || textOf(row).includes(wanted))
}

/**
 * The ordinals of the rows that pass, the newest first.
 * @param {{ readonly base: number, readonly rows: readonly (Row | undefined)[] }} model
 * @param {Filter} filter
 * @returns {number[]}
 */
export function chosen({ base, rows }, filter) {
  const passes = isOpen(filter) ? () => true : passing(filter)
  const ordinals = []
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at]
    if (row !== undefined && passes(row)) ordinals.push(base + at)
  }
  return ordinals
}

/** @param {Row} row */
function textOf(row) {
  const words = [row[PROTOCOL], row[OPERATION], row[TARGET], hostOf(row), row[CODE], row[STATUS]]
  return words.join(' ').toLowerCase()
}
