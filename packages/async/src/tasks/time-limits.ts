/*
 * Time limits around one job: one that fails, and one that only ends the job. Both wait for the job to end; their
 * deadline can be read and moved while it runs.
 */

import { option } from '@net/core/authoring'

import type { CancelScope } from './cancel-scope.ts'
import { doorOf } from '../doors.ts'
import type { BlockOptions } from './job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningGroup, type GroupOptions } from '../groups/running-group.ts'

/** A job under a limit: it works with the scope of the limit, whose `signal` it heeds and whose `deadline` it may move. */
export type LimitedJob<T> = (scope: CancelScope) => PromiseLike<T>

/** Options of a time limit. */
export type LimitOptions = Pick<BlockOptions, 'signal' | 'grace'>

/**
 * Runs the job for at most `milliseconds` (`Infinity` for no limit), then rejects with NetTimeoutError
 * (`NET_TIMEOUT_TOTAL`), even if the job returns something after that. `NET_TASK_LEAKED` if the job goes on for
 * `grace` (default 10 s) after its signal has aborted.
 */
export async function failAfter<T>(
  milliseconds: number,
  job: LimitedJob<T>,
  options?: LimitOptions,
): Promise<T> {
  return failing({ ...failAfterDoor(options), timeout: milliseconds }, job)
}

/** As `failAfter`, with the limit at a time of `currentTime()`; one that has passed cancels the job as it begins. */
export async function failAt<T>(
  deadline: number,
  job: LimitedJob<T>,
  options?: LimitOptions,
): Promise<T> {
  return failing({ ...failAtDoor(options), deadline }, job)
}

/**
 * Runs the job for at most `milliseconds` (`Infinity` for no limit); resolves to what it returns, to undefined if
 * the limit or `scope.cancel()` ended it, which `scope.cancelledCaught` tells. An abort of `signal` rejects, and so
 * does what the job throws by itself.
 */
export async function moveOnAfter<T>(
  milliseconds: number,
  job: LimitedJob<T>,
  options?: LimitOptions,
): Promise<T | undefined> {
  return movingOn({ ...moveOnAfterDoor(options), timeout: milliseconds }, job)
}

/** As `moveOnAfter`, with the limit at a time of `currentTime()`; one that has passed cancels the job as it begins. */
export async function moveOnAt<T>(
  deadline: number,
  job: LimitedJob<T>,
  options?: LimitOptions,
): Promise<T | undefined> {
  return movingOn({ ...moveOnAtDoor(options), deadline }, job)
}

function failing<T>(options: GroupOptions, job: LimitedJob<T>): Promise<T> {
  jobOf('job', job)
  const group = new RunningGroup(options)
  return group.run(() => job(group.scope))
}

function movingOn<T>(options: GroupOptions, job: LimitedJob<T>): Promise<T | undefined> {
  jobOf('job', job)
  const group = new RunningGroup(options)
  group.scope.onCancel(() => group.moveOn())
  return group.run<T | undefined>(() => job(group.scope))
}

const limitTable = { signal: option.signal, grace: option.milliseconds }
const failAfterDoor = doorOf<LimitOptions>('failAfter', limitTable)
const failAtDoor = doorOf<LimitOptions>('failAt', limitTable)
const moveOnAfterDoor = doorOf<LimitOptions>('moveOnAfter', limitTable)
const moveOnAtDoor = doorOf<LimitOptions>('moveOnAt', limitTable)
