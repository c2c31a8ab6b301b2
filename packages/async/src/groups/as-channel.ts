/*
 * An async generator that runs as a task of its own: it may work ahead, learns when its reader has left, and has
 * closed when the reading ends.
 */

import { option } from '@net/core/authoring'

import { blockTable, doorOf } from '../doors.ts'
import { AsyncItems } from '../iterators/items.ts'
import type { BlockOptions, JobContext } from '../tasks/job.ts'
import { jobOf } from '../option-checks.ts'
import { TaskStream } from './task-stream.ts'
import { pump } from './pump.ts'
import { RunningGroup } from './running-group.ts'

/** Options of `asChannel`. */
export interface AsChannelOptions extends BlockOptions {
  /** How many items may lie ready before the generator is held up at its `yield`; default 0. */
  readonly buffer?: number | undefined
}

/**
 * Runs the generator when the reading begins. Leaving the reading, or disposing it, aborts the generator's signal and
 * waits until it has run its `finally` blocks, at most `grace` (default 10 s, then `NET_TASK_LEAKED`). What the generator
 * throws rejects the reading after the items that were there; `signal` and `timeout` end it in the same way.
 */
export function asChannel<T>(
  generator: (context: JobContext) => AsyncIterable<T>,
  options?: AsChannelOptions,
): AsyncIterableIterator<T> & AsyncDisposable {
  return new TaskStream<T>((stream) => {
    jobOf('generator', generator)
    const group = new RunningGroup(channelDoor(options))
    const run = async (): Promise<void> =>
      group.run(async (context) => pump(new AsyncItems(generator(context)), stream, group, true))
    return { group, run }
  }, options?.buffer ?? 0)
}

const channelDoor = doorOf<AsChannelOptions>('asChannel', { ...blockTable, buffer: option.size })
