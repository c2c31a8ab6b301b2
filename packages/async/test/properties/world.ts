/*
 * What the property tests stand on: scripts of random steps, waits whose outcome a model predicts, signals that abort
 * at any step, a clock that only the script moves. Some steps follow each other within one turn, so that grants, aborts
 * and limits meet.
 */

import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

import * as fc from 'fast-check'
import { expect } from 'vitest'

import type { WaitOptions } from '@net/async'
import { isNetError } from '@net/core'
import { useFakeClock, type FakeClock } from '@net/core/testing'

/** One step of a script. What `act` and `pick` mean is the test's business. */
export interface Step {
  /** Which of the test's actions. */
  readonly act: number
  /** Which of the things that the action may be about. */
  readonly pick: number
  /** Which signal the wait gets; undefined for none. */
  readonly signal: number | undefined
  /** Which limit the wait gets, in milliseconds; undefined for none. */
  readonly timeout: number | undefined
  /** Whether the next step waits for all that this one set in motion. */
  readonly settle: boolean
  /** What happens after the action: nothing, a signal aborts, a signal is replaced, time goes on. */
  readonly then: 'nothing' | 'abort' | 'renew' | 'advance'
  readonly by: number
}

/** What is to become of a wait: pending without an outcome, else its value or the code of its error. */
export interface Expected {
  readonly signal: AbortSignal | undefined
  readonly deadline: number
  outcome: { readonly value: unknown } | { readonly code: string } | undefined
  /** Takes it out of the model. */
  leave: () => void
}

/** A script and its model, in one run. */
export class World implements Disposable {
  readonly clock: FakeClock = useFakeClock()
  readonly waits: { readonly expected: Expected; readonly actual: Actual }[] = []
  readonly signals: AbortController[] = Array.from({ length: SIGNALS }, () => new AbortController())
  readonly all: AbortController[] = [...this.signals]
  readonly limit: string
  /** The time of the model, which runs ahead of the clock's while `advance` works out what is to become of the waits. */
  now = 0
  /** What happens in the model by itself as time goes on; called at every millisecond. */
  tick: () => void = () => {}

  constructor(limit = 'NET_TIMEOUT_TOTAL') {
    this.limit = limit
  }

  /** The options of the step's wait. */
  options({ signal, timeout }: Step): WaitOptions {
    const controller = signal === undefined ? undefined : this.signals[signal]
    return {
      ...(controller === undefined ? {} : { signal: controller.signal }),
      // No limit meets anything else that happens at a time of its own.
      ...(timeout === undefined ? {} : { timeout: timeout + 0.25 }),
    }
  }

  /** Begins a wait in the model: refused at once if its signal has aborted, else as `enter` says. */
  expect(options: WaitOptions, enter: (expected: Expected) => void): Expected {
    const deadline = this.now + (options.timeout ?? Infinity)
    const expected: Expected = {
      signal: options.signal,
      deadline,
      outcome: undefined,
      leave: () => {},
    }
    if (options.signal?.aborted === true) expected.outcome = { code: 'NET_ABORTED' }
    else enter(expected)
    return expected
  }

  /** Watches the real wait that belongs to the model's. */
  watch(expected: Expected, promise: Promise<unknown>): void {
    const actual: Actual = { outcome: undefined }
    this.waits.push({ expected, actual })
    promise.then(
      (value) => (actual.outcome = { value }),
      (error: unknown) =>
        (actual.outcome = { code: isNetError(error) ? error.code : String(error) }),
    )
  }

  /** What comes after a step's action, in the model and in reality. */
  async after(step: Step): Promise<void> {
    const controller = this.signals[step.by % SIGNALS] as AbortController
    if (step.then === 'abort') this.#abort(controller)
    else if (step.then === 'renew' && controller.signal.aborted) {
      const fresh = new AbortController()
      this.signals[step.by % SIGNALS] = fresh
      this.all.push(fresh)
    } else if (step.then === 'advance') await this.advance(step.by)
    if (step.settle) await this.check()
  }

  /** Lets time go on. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    const due = this.waits.filter(({ expected }) => expected.deadline <= end)
    for (const { expected } of due.toSorted((a, b) => a.expected.deadline - b.expected.deadline)) {
      if (expected.outcome !== undefined) continue
      this.#reach(expected.deadline)
      if (expected.outcome !== undefined) continue
      expected.outcome = { code: this.limit }
      expected.leave()
    }
    this.#reach(end)
    await this.clock.advance(milliseconds)
  }

  /** Every wait has become what the model says. */
  async check(): Promise<void> {
    await turn()
    for (const [index, { expected, actual }] of this.waits.entries()) {
      expect(actual.outcome, `wait ${index}`).toEqual(expected.outcome)
    }
  }

  /** Ends every wait that is left and looks for timers and listeners that were left behind. */
  async end(): Promise<void> {
    await this.check()
    for (const controller of this.all) this.#abort(controller)
    await this.advance(1000)
    await this.check()
    this.expectClean()
  }

  /** No timer and no listener is left. */
  expectClean(): void {
    expect(this.clock.timers).toBe(0)
    for (const { signal } of this.all) expect(getEventListeners(signal, 'abort')).toEqual([])
  }

  [Symbol.dispose](): void {
    this.clock[Symbol.dispose]()
  }

  #reach(time: number): void {
    while (this.now < time) {
      this.now = Math.min(Math.floor(this.now) + 1, time)
      this.tick()
    }
  }

  #abort(controller: AbortController): void {
    if (controller.signal.aborted) return
    for (const { expected } of this.waits) {
      if (expected.outcome !== undefined || expected.signal !== controller.signal) continue
      expected.outcome = { code: 'NET_ABORTED' }
      expected.leave()
    }
    controller.abort()
  }
}

/** Checks the property for random scripts: 200, or 10,000 with NET_SOAK. A failure prints its seed. */
export async function checkScripts(run: (steps: readonly Step[]) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 40 }), async (script) => {
      await run(script)
    }),
    { numRuns: runs },
  )
}

/** How long a property may take, in milliseconds. */
export const patience: { readonly timeout: number } = { timeout: 300_000 }

/** Adds to a line of the model and makes leaving it possible; `left` is called after that. */
export function join<T>(line: T[], entry: T, expected: Expected, left?: () => void): void {
  line.push(entry)
  expected.leave = () => {
    line.splice(line.indexOf(entry), 1)
    left?.()
  }
}

interface Actual {
  outcome: { readonly value: unknown } | { readonly code: string } | undefined
}

const SIGNALS = 3
const runs = process.env['NET_SOAK'] === undefined ? 200 : 10_000

const steps: fc.Arbitrary<Step> = fc.record({
  act: fc.nat({ max: 11 }),
  pick: fc.nat({ max: 7 }),
  signal: fc.option(fc.nat({ max: SIGNALS - 1 }), { nil: undefined }),
  timeout: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 }),
  settle: fc.boolean(),
  then: fc.constantFrom('nothing', 'nothing', 'nothing', 'abort', 'renew', 'advance'),
  by: fc.nat({ max: 5 }),
})
