/*
 * A clock that stands still until a test moves it. Sockets stay real: between two timers the event loop turns, so
 * that what a timer set in motion is done before the next one fires.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { replaceClock, type Clock, type Timer } from '../clock.ts'

/** The clock that `useFakeClock` puts in force; dispose it to get the real one back. */
export interface FakeClock extends Clock, Disposable {
  /** How many timers are armed. */
  readonly timers: number
  /** Moves time on by so many milliseconds, firing every timer that is due, in order. */
  advance(milliseconds: number): Promise<void>
  /** Moves time on to the next timer and fires it; resolves to false if none is armed. */
  next(): Promise<boolean>
  /** Turns the event loop until the condition holds; this clock stands still. Rejects after 10 real seconds. */
  until(condition: () => boolean): Promise<void>
}

/** Replaces the process's clock by one that only the test moves. It starts at 0; `date` starts at 2026-01-01T00:00:00Z. */
export function useFakeClock(): FakeClock {
  return new SteppedClock()
}

interface Armed {
  readonly due: number
  readonly order: number
  readonly callback: () => void
}

class SteppedClock implements FakeClock {
  #now = 0
  #order = 0
  readonly #armed = new Set<Armed>()
  readonly #restore: () => void

  constructor() {
    this.#restore = replaceClock(this)
  }

  get timers(): number {
    return this.#armed.size
  }

  now(): number {
    return this.#now
  }

  date(): number {
    return START + this.#now
  }

  after(delay: number, callback: () => void): Timer {
    const armed: Armed = { due: this.#now + Math.max(delay, 0), order: this.#order++, callback }
    this.#armed.add(armed)
    return { clear: () => void this.#armed.delete(armed) }
  }

  async advance(milliseconds: number): Promise<void> {
    await settle()
    const end = this.#now + milliseconds
    for (let due = this.#nextUntil(end); due !== undefined; due = this.#nextUntil(end))
      await this.#fire(due)
    this.#now = end
    await settle()
  }

  async next(): Promise<boolean> {
    await settle()
    const due = this.#nextUntil(Infinity)
    if (due === undefined) return false
    await this.#fire(due)
    return true
  }

  async until(condition: () => boolean): Promise<void> {
    // Real time: what the condition waits for comes from real sockets.
    const end = performance.now() + LONGEST_WAIT
    while (!condition()) {
      if (performance.now() > end) throw new Error('the condition did not hold within 10 s')
      await turn()
    }
  }

  [Symbol.dispose](): void {
    this.#armed.clear()
    this.#restore()
  }

  #nextUntil(end: number): Armed | undefined {
    let first: Armed | undefined
    for (const armed of this.#armed) {
      // A wait without end has a timer, too; it never becomes due.
      if (armed.due > end || armed.due === Infinity) continue
      if (
        first === undefined ||
        armed.due < first.due ||
        (armed.due === first.due && armed.order < first.order)
      ) {
        first = armed
      }
    }
    return first
  }

  async #fire(due: Armed): Promise<void> {
    this.#armed.delete(due)
    this.#now = Math.max(this.#now, due.due)
    due.callback()
    await settle()
  }
}

async function settle(): Promise<void> {
  // One turn runs the microtasks that a timer started; the second one what these put off to the event loop.
  await turn()
  await turn()
}

const START = Date.UTC(2026, 0, 1)
const LONGEST_WAIT = 10_000
