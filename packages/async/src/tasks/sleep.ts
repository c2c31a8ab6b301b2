/*
 * Waiting for time to pass, on the one clock of the process.
 */

import { isNetError } from '@net/core'
import {
  abortError,
  argument,
  clock,
  inCall,
  onSignalAbort,
  option,
  traceToCaller,
  type CallPlace,
} from '@net/core/authoring'

import { doorOf } from '../doors.ts'
import type { WaitOptions } from './job.ts'
import { lengthOf, moment } from '../option-checks.ts'

/**
 * Waits so many milliseconds; `Infinity` waits until the signal aborts. Rejects with AbortError, or NetTimeoutError
 * if the signal's reason is a time limit, and with `NET_BAD_OPTION` for less than 0.
 */
export async function sleep(
  milliseconds: number,
  options?: Pick<WaitOptions, 'signal'>,
): Promise<void> {
  lengthOf('milliseconds', milliseconds)
  const { signal } = sleepDoor(options)
  try {
    if (signal?.aborted === true) throw abortError(signal.reason)
    await passed(milliseconds, signal)
  } catch (error) {
    if (isNetError(error)) traceToCaller(error)
    throw error
  }
}

/**
 * Waits until `currentTime()` has reached this; not at all if it has. Otherwise as `sleep`.
 */
export async function sleepUntil(
  time: number,
  options?: Pick<WaitOptions, 'signal'>,
): Promise<void> {
  const until = inCall(PLACE, () => argument('time', moment, time))
  return sleep(Math.max(until - clock().now(), 0), options)
}

/** The monotonic time in milliseconds that deadlines and `sleepUntil` are measured by; a fake clock's while one is in force. */
export function currentTime(): number {
  return clock().now()
}

function passed(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock().after(milliseconds, () => {
      forget?.()
      resolve()
    })
    const forget =
      signal &&
      onSignalAbort(signal, (reason) => {
        timer.clear()
        reject(abortError(reason))
      })
  })
}

const PLACE: CallPlace = { protocol: 'async', call: 'sleepUntil' }
const sleepDoor = doorOf<Pick<WaitOptions, 'signal'>>('sleep', { signal: option.signal })
