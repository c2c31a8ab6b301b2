/*
 * A place where long work lets others have their turn and notices that it should end.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { abortError, option } from '@net/core/authoring'

import { doorOf } from '../doors.ts'
import type { WaitOptions } from './job.ts'

/**
 * Lets input, timers and other tasks have a turn of the event loop. With a `signal` it rejects with AbortError if that
 * is aborted before or after the turn; without one it only lets the others work.
 */
export async function checkpoint(options?: Pick<WaitOptions, 'signal'>): Promise<void> {
  const { signal } = checkpointDoor(options)
  refuseAborted(signal)
  // A turn is no time: also under a fake clock.
  await turn()
  refuseAborted(signal)
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal.reason)
}

const checkpointDoor = doorOf<Pick<WaitOptions, 'signal'>>('checkpoint', { signal: option.signal })
