/*
 * How closely the program is listened to while a page is open: to everything, unless more happens than anybody could read.
 * Then lines, progress and pools are left out until it is calmer, so that a page costs a busy program little more than none.
 */

import type { History } from './history/history.ts'

/** What it decides about. */
export interface Listened {
  toEverything(isWanted: boolean): void
}

/** Looks ten times a second whether everything can be kept. */
export class Attention {
  /** Whether lines are kept while a page is open. */
  isWhole = true
  readonly #history: History
  readonly #listened: Listened
  readonly #changed: (isWhole: boolean) => void
  #isWatched = false
  #beats = 0
  #seen = 0

  /** `changed` is called when lines are left out from now on, or kept again. */
  constructor(history: History, listened: Listened, changed: (isWhole: boolean) => void) {
    this.#history = history
    this.#listened = listened
    this.#changed = changed
  }

  /** A page is open, or none is any more. */
  watch(isWatched: boolean): void {
    this.#isWatched = isWatched
    this.#seen = this.#history.seen
    this.#beats = 0
    this.isWhole = true
    this.#listened.toEverything(isWatched)
  }

  /** A tenth of a second has passed. */
  beat(): void {
    this.#beats++
    if (this.#beats % SECOND !== 0 || !this.#isWatched) return
    const begun = this.#history.seen - this.#seen
    this.#seen = this.#history.seen
    // Not back at the first lull.
    const isWhole = begun < (this.isWhole ? MOST : CALM)
    if (isWhole === this.isWhole) return
    this.isWhole = isWhole
    this.#listened.toEverything(isWhole)
    this.#changed(isWhole)
  }
}

const SECOND = 10
/** Operations a second. */
const MOST = 500
const CALM = 250
