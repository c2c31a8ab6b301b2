/*
 * A clock that stands still until a test moves it. Sockets stay real: between two timers the event loop turns, so
 * that what a timer set in motion is done before the next one fires.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { replaceClock, type Clock, type Timer } from '../time/clock.ts'
import { optionsDoor } from '../options/door.ts'
import { either, flag, milliseconds } from '../options/values.ts'
import { idleWhile } from './until-idle.ts'

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

/** Options of `useFakeClock`. */
export interface FakeClockOptions {
  /**
   * Whether the clock jumps to the next timer by itself whenever everything is blocked; as a number, only after so
   * many real milliseconds without a sign of life, for tests whose sockets or files are real. Default false.
   */
  readonly autoJump?: boolean | number | undefined
}

/**
 * Replaces the process's clock by one that only the test moves, or that jumps when all wait. It starts at 0; `date`
 * starts at 2026-01-01T00:00:00Z.
 */
export function useFakeClock(options?: FakeClockOptions): FakeClock {
  return new SteppedClock(clockOptions(options).autoJump ?? false)
}

interface Armed {
  readonly due: number
  readonly callback: () => void
}

class SteppedClock implements FakeClock {
  #now = 0
  // What is due next stands last; of what is due at once, what came first.
  readonly #queue: Armed[] = []
  readonly #armed = new Set<Armed>()
  readonly #cushion: number | undefined
  readonly #restore: () => void
  #jumping = false

  constructor(autoJump: boolean | number) {
    if (autoJump !== false) this.#cushion = autoJump === true ? 0 : autoJump
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
    const armed: Armed = { due: this.#now + Math.max(delay, 0), callback }
    this.#armed.add(armed)
    // A wait without end has a timer, too; it never becomes due.
    if (armed.due !== Infinity) {
      this.#queue.splice(this.#placeOf(armed.due), 0, armed)
      void this.#jump()
    }
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

  until(condition: () => boolean): Promise<void> {
    // Real time: what the condition waits for comes from real sockets.
    const end = performance.now() + LONGEST_WAIT
    return new Promise((resolve, reject) => {
      // Callbacks and no promises, so that this does not look like work to a clock that jumps.
      const look = (): void => {
        try {
          if (condition()) resolve()
          else if (performance.now() < end) setImmediate(look)
          else reject(new Error('the condition did not hold within 10 s'))
        } catch (error) {
          reject(error)
        }
      }
      look()
    })
  }

  [Symbol.dispose](): void {
    this.#armed.clear()
    this.#restore()
  }

  async #jump(): Promise<void> {
    if (this.#cushion === undefined || this.#jumping) return
    this.#jumping = true
    const wanted = (): boolean => this.#nextUntil(Infinity) !== undefined
    while (wanted()) {
      await idleWhile(wanted, this.#cushion)
      const due = this.#nextUntil(Infinity)
      if (due !== undefined) await this.#fire(due)
    }
    this.#jumping = false
  }

  #placeOf(due: number): number {
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#queue[middle]?.due ?? 0) > due) low = middle + 1
      else high = middle
    }
    return low
  }

  #nextUntil(end: number): Armed | undefined {
    for (;;) {
      const next = this.#queue.at(-1)
      if (next === undefined || this.#armed.has(next)) {
        return next === undefined || next.due > end ? undefined : next
      }
      this.#queue.pop()
    }
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

const clockOptions = optionsDoor<FakeClockOptions>(
  { call: 'useFakeClock' },
  { autoJump: either<boolean | number>([flag, milliseconds]) },
)
