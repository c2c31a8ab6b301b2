/*
 * The operations that the page knows: rows by their ordinal, newest last, a window over what the server keeps. Knows
 * nothing of elements.
 */

/** @import { Row } from '../src/history/row.ts' */

/** Places in a row. */
export const ORDINAL = 0
export const ID = 1
export const PARENT = 2
export const PROTOCOL = 3
export const OPERATION = 4
export const TARGET = 5
export const ENDPOINT = 6
export const START = 7
export const DURATION = 8
export const OUTCOME = 9
export const STATUS = 10
export const CODE = 12
export const PHASES = 13

/** Rows in the order of their ordinals. */
export class Model {
  /** The ordinal of the first place. */
  base = 0
  /** The number of the server's last change that is in here. */
  sequence = 0
  /** What is not loaded yet is undefined. @type {(Row | undefined)[]} */
  rows = []
  /** How often each protocol and each host was seen. @type {Map<string, number>} */
  protocols = new Map()
  /** @type {Map<string, number>} */
  hosts = new Map()
  /** Calls that ended, by the second in which they did. @type {Map<number, Second>} */
  seconds = new Map()
  /** Grows with each change. */
  version = 0

  /** The first ordinal that is not taken. */
  get end() {
    return this.base + this.rows.length
  }

  /**
   * Takes rows in, in any order; those older than `oldest` are forgotten.
   * @param {readonly Row[]} rows
   * @param {number} oldest
   */
  take(rows, oldest) {
    if (rows.length > 0) this.#makeRoom(rows)
    for (const row of rows) this.#put(row)
    // Not at every row: moving all places costs as much as there are.
    const old = oldest - this.base
    if (old > Math.min(2000, this.rows.length / 2)) {
      this.rows.splice(0, old)
      this.base = oldest
    }
    this.version++
  }

  /** Forgets everything. @param {number} from the next ordinal */
  clear(from) {
    this.base = from
    this.rows = []
    this.protocols.clear()
    this.hosts.clear()
    this.seconds.clear()
    this.version++
  }

  /**
   * @param {number} ordinal
   * @returns {Row | undefined}
   */
  at(ordinal) {
    return this.rows[ordinal - this.base]
  }

  /** Once for all of them. @param {readonly Row[]} rows */
  #makeRoom(rows) {
    const first = rows.reduce((least, row) => Math.min(least, row[ORDINAL]), Infinity)
    if (this.rows.length === 0) this.base = first
    if (first >= this.base) return
    const room = Array.from({ length: this.base - first }, () => undefined)
    this.rows = [...room, ...this.rows]
    this.base = first
  }

  /** @param {Row} row */
  #put(row) {
    const ordinal = row[ORDINAL]
    const at = ordinal - this.base
    const old = this.rows[at]
    while (this.rows.length < at) this.rows.push(undefined)
    this.rows[at] = row
    if (old === undefined) {
      count(this.protocols, row[PROTOCOL])
      const host = hostOf(row)
      if (host !== '') count(this.hosts, host)
    }
    if (row[DURATION] !== null && (old === undefined || old[DURATION] === null)) this.#ended(row)
  }

  /** @param {Row} row */
  #ended(row) {
    const [duration, outcome] = [row[DURATION] ?? 0, row[OUTCOME]]
    const second = Math.floor((row[START] + duration) / 1000)
    let known = this.seconds.get(second)
    if (known === undefined) {
      known = { calls: 0, failed: 0, durations: [] }
      this.seconds.set(second, known)
      if (this.seconds.size > SECONDS) this.#forgetSeconds()
    }
    known.calls++
    if (outcome === 'failed') known.failed++
    // Enough for a percentile, however many there are.
    if (known.durations.length < SAMPLES) known.durations.push(duration)
    else known.durations[known.calls % SAMPLES] = duration
  }

  #forgetSeconds() {
    const oldest = Math.min(...this.seconds.keys())
    this.seconds.delete(oldest)
  }
}

/**
 * What happened within a second.
 * @typedef {object} Second
 * @property {number} calls
 * @property {number} failed
 * @property {number[]} durations
 */

/**
 * The host that an operation went to: of its endpoint, else of its URL.
 * @param {Row} row
 */
export function hostOf(row) {
  const endpoint = row[ENDPOINT]
  if (endpoint !== '') return endpoint
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/u.exec(row[TARGET]) ?? []
  return host
}

/**
 * The number of the process that it ran in; 0 is the program itself.
 * @param {number} id of an operation
 */
export function processOf(id) {
  return Math.floor(id / IDS)
}

/**
 * @param {Map<string, number>} map
 * @param {string} key
 */
function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1)
}

/** So many ids each process has, as the server gives them out. */
export const IDS = 2 ** 43
const SECONDS = 600
const SAMPLES = 500
