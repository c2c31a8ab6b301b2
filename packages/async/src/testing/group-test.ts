/*
 * The body of a test as a task group: for any test runner that takes functions which return promises.
 */

import { own } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

import { taskGroup, type TaskGroup } from '../groups/task-group.ts'
import { checkNoLeaks } from './check-no-leaks.ts'

/** Options of `groupTest`. */
export interface GroupTestOptions {
  /** Whether time is that of a fake clock which jumps when everything waits; default true. */
  readonly fakeClock?: boolean
  /** Limit of the test in milliseconds of that clock; default 60,000. */
  readonly timeout?: number
}

/**
 * A function for a test runner: runs the body as the block of a task group, within a time limit, and fails if it
 * fails, or leaves a handle, a timer, a listener or an unhandled rejection behind. Tasks that still run when the body
 * has returned are waited for.
 */
export function groupTest(
  body: (group: TaskGroup) => PromiseLike<void>,
  options?: GroupTestOptions,
): () => Promise<void> {
  const timeout = own(options, 'timeout') ?? LIMIT
  return async () => {
    using _clock =
      own(options, 'fakeClock') === false ? undefined : useFakeClock({ autoJump: true })
    await checkNoLeaks(async () => taskGroup(body, { timeout }))
  }
}

const LIMIT = 60_000
