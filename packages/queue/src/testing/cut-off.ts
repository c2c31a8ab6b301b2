/* A queue that is cut off from its jobs, for tests of what handlers do then. */

import { netError } from '@net/core/authoring'

import type { JobQueue } from '../job-queue.ts'
import { cutRoad } from '../store-road.ts'

/**
 * From now on nothing goes between this queue and the place of its jobs, as for a process that died or sleeps: its workers lose
 * their leases, and its calls are not answered. Closing it works. Throws `NET_BAD_OPTION` for what `openQueue` did not make.
 */
export function cutOff<P>(queue: JobQueue<P>): void {
  if (cutRoad(queue)) return
  throw netError('NET_BAD_OPTION', { message: 'cutOff takes a queue of openQueue' })
}
