/*
 * Three plots over the last two minutes: calls, latency and failures by the second. Each has its scale and its legend;
 * drawn anew once a second, as pictures whose colours are the page's.
 */

/** @import { Model, Second } from './model.js' */

import { el, svg } from './dom.js'
import { duration, stepOf } from './format.js'

/**
 * A line of a plot.
 * @typedef {object} Line
 * @property {string} name
 * @property {string} style
 * @property {(second: Second | undefined) => number | undefined} value
 */

/**
 * A plot.
 * @typedef {object} Plot
 * @property {string} title
 * @property {(value: number) => string} label
 * @property {readonly Line[]} lines
 */

/** @type {readonly Plot[]} */
const PLOTS = [
  {
    title: 'Calls per second',
    label: (value) => String(value),
    lines: [{ name: 'calls that ended', style: 'calls', value: (second) => second?.calls ?? 0 }],
  },
  {
    title: 'Latency',
    label: duration,
    lines: [
      { name: 'half of the calls', style: 'half', value: (second) => percentile(second, 0.5) },
      { name: '95 of 100', style: 'most', value: (second) => percentile(second, 0.95) },
    ],
  },
  {
    title: 'Failures per second',
    label: (value) => String(value),
    lines: [{ name: 'calls that failed', style: 'failed', value: (second) => second?.failed ?? 0 }],
  },
]

/** The plots side by side. */
export class Plots {
  element = el('div', { class: 'plots' })

  /**
   * @param {Model} model
   * @param {number} now in milliseconds of the program
   */
  draw(model, now) {
    // The second that is under way would always look like a fall.
    const end = Math.floor(now / 1000) - 1
    const seconds = Array.from({ length: SPAN }, (_, at) => model.seconds.get(end - SPAN + 1 + at))
    this.element.replaceChildren(...PLOTS.map((plot) => figure(plot, seconds)))
  }
}

/**
 * @param {Plot} plot
 * @param {readonly (Second | undefined)[]} seconds
 */
function figure({ title, label, lines }, seconds) {
  const values = lines.map(({ value }) => seconds.map(value))
  const most = Math.max(...values.flat().filter((value) => value !== undefined), 0)
  const step = Math.max(stepOf(Math.max(most, 1), 2), title === 'Latency' ? 0.01 : 1)
  const top = Math.max(Math.ceil(most / step), 1) * step
  const x = (/** @type {number} */ at) => LEFT + (at / (SPAN - 1)) * (WIDTH - LEFT - 6)
  const y = (/** @type {number} */ value) =>
    HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - 10)
  const marks = [0, top / 2, top].map((value) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - 6, y1: y(value), y2: y(value) }),
    svg('text', { class: 'y', x: LEFT - 6, y: y(value) + 4 }, label(value)),
  ])
  const times = [0, 60, 119].map((at) =>
    svg('text', { class: 'x', x: x(at), y: HEIGHT - 4 }, at === 119 ? 'now' : `-${SPAN - at} s`),
  )
  const drawn = lines.map(({ style }, at) =>
    svg('path', { class: `line ${style}`, d: pathOf(values[at] ?? [], x, y) }),
  )
  const picture = svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `${title}: at most ${label(most)} in the last two minutes`,
    },
    ...marks.flat(),
    ...times,
    ...drawn,
  )
  const names = lines.map(({ name, style }) => el('span', { class: `key ${style}`, text: name }))
  return el('figure', {}, el('figcaption', {}, el('strong', { text: title }), ...names), picture)
}

/**
 * A gap where nothing was measured.
 * @param {readonly (number | undefined)[]} values
 * @param {(at: number) => number} x
 * @param {(value: number) => number} y
 */
function pathOf(values, x, y) {
  let path = ''
  let isDown = false
  for (const [at, value] of values.entries()) {
    if (value === undefined) {
      isDown = false
      continue
    }
    path += `${isDown ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
    // A point alone is a short line.
    if (!isDown) path += 'h0.1'
    isDown = true
  }
  return path
}

/**
 * @param {Second | undefined} second
 * @param {number} share
 */
function percentile(second, share) {
  if (second === undefined) return undefined
  const sorted = second.durations.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

const SPAN = 120
const WIDTH = 360
const HEIGHT = 130
const LEFT = 62
const BOTTOM = 20
