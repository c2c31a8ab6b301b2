/*
 * Functions that read in the background: several sources at once, or one ahead of its reader.
 */

import { blockDoor } from '../doors.ts'
import { countOf } from '../option-checks.ts'
import type { BlockOptions } from '../tasks/job.ts'
import { TaskStream, type StreamingGroup } from '../groups/task-stream.ts'
import { pump } from '../groups/pump.ts'
import { RunningGroup } from '../groups/running-group.ts'
import { openItems, type ItemOf, type Iterated } from './iterated.ts'

/**
 * The items of all sources as they come; each source is asked for its next one when the last was read. The first
 * failure closes the others and rejects, after the items that were there. Leaving the reading closes all. A source that
 * waits for an item then is closed, too, but not waited for: it may wait for long.
 */
export function merge<S extends readonly Iterated<unknown>[] | []>(
  sources: S,
  options?: BlockOptions,
): AsyncIterableIterator<ItemOf<S[number]>> & AsyncDisposable {
  return new TaskStream<ItemOf<S[number]>>((stream) => {
    const all: readonly Iterated<unknown>[] = sources
    return pumping(stream, all as readonly Iterated<ItemOf<S[number]>>[], mergeDoor(options))
  }, 0)
}

/** The items read ahead of their reader: up to `size` lie ready. Otherwise as `merge` of one source. */
export function buffer<T>(
  items: Iterated<T>,
  size: number,
  options?: BlockOptions,
): AsyncIterableIterator<T> & AsyncDisposable {
  return new TaskStream<T>((stream) => {
    countOf('size', size)
    return pumping(stream, [items], bufferDoor(options))
  }, size - 1)
}

function pumping<T>(
  stream: TaskStream<T>,
  sources: readonly Iterated<T>[],
  options: BlockOptions | undefined,
): StreamingGroup {
  const group = new RunningGroup(options)
  const run = async (): Promise<void> =>
    group.run(async () => {
      for (const [index, source] of sources.entries()) {
        const items = openItems(source)
        group.spawn(`source ${index}`, async () => pump(items, stream, group, false))
      }
    })
  return { group, run }
}

const mergeDoor = blockDoor('merge')
const bufferDoor = blockDoor('buffer')
