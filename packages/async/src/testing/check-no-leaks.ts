/*
 * A check for tests: after a function has settled, the process holds no more handles, timers, listeners and
 * unhandled rejections than before. It needs no test runner.
 */

import assert from 'node:assert/strict'
import { EventEmitter, getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'

import { clock, isError, own } from '@net/core/authoring'

/** Options of `checkNoLeaks`. */
export interface LeakCheckOptions {
  /** Signals and emitters on which no listener may be left; the process itself always counts. */
  readonly listeners?: readonly (AbortSignal | EventEmitter)[]
  /** How many real milliseconds handles have to close, since closing takes turns of the event loop. Default 1,000. */
  readonly within?: number
}

/**
 * Runs the function and resolves to its result, or rejects with its error. Rejects with an AssertionError that says
 * everything that is left: handles, requests and timers of the process, timers of a fake clock, listeners; also if a
 * rejection was not handled. Run one at a time: other work in the process counts as a leak.
 */
export async function checkNoLeaks<T>(
  run: () => PromiseLike<T>,
  options?: LeakCheckOptions,
): Promise<T> {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  const watched = [process, ...(own(options, 'listeners') ?? [])]
  process.on('unhandledRejection', note)
  try {
    const before = census(watched)
    const result = await run()
    const left = await leftBehind(before, watched, own(options, 'within') ?? 1000)
    if (rejections.length > 0) throw unhandled(rejections)
    if (left.length > 0) assert.fail(`left behind: ${left.join(', ')}`)
    return result
  } finally {
    process.off('unhandledRejection', note)
  }
}

type Census = ReadonlyMap<string, number>

async function leftBehind(
  before: Census,
  watched: readonly (AbortSignal | EventEmitter)[],
  within: number,
): Promise<readonly string[]> {
  // Real time: this waits for the operating system, also under a fake clock.
  const end = performance.now() + within
  for (;;) {
    // Handles close, and Node reports unhandled rejections, after the turn in which they happen.
    await turn()
    const left = surplus(before, census(watched))
    if (left.length === 0 || performance.now() > end) return left
  }
}

function census(watched: readonly (AbortSignal | EventEmitter)[]): Census {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  for (const [index, target] of watched.entries()) {
    counts.set(
      `listener of ${index === 0 ? 'the process' : `listeners[${index - 1}]`}`,
      heard(target),
    )
  }
  counts.set('timer of the fake clock', fakeTimers())
  return counts
}

function heard(target: AbortSignal | EventEmitter): number {
  if (!(target instanceof EventEmitter)) return getEventListeners(target, 'abort').length
  const counts = target.eventNames().map((name) => target.listenerCount(name))
  return counts.reduce((sum, count) => sum + count, 0)
}

function fakeTimers(): number {
  const current = clock()
  return 'timers' in current && typeof current.timers === 'number' ? current.timers : 0
}

function surplus(before: Census, after: Census): readonly string[] {
  const left: string[] = []
  for (const [kind, count] of after) {
    const more = count - (before.get(kind) ?? 0)
    if (more > 0) left.push(`${more} ${kind}`)
  }
  return left
}

function unhandled(rejections: readonly unknown[]): assert.AssertionError {
  const texts = rejections.map((reason) => (isError(reason) ? reason.message : String(reason)))
  return new assert.AssertionError({
    message: `unhandled rejections: ${texts.join('; ')}`,
    actual: rejections,
    expected: [],
    operator: 'checkNoLeaks',
  })
}
