/* A source as blocks that fill memory of the writer's. It must not know what becomes of them. */

import { isNetError } from '@net/core'
import { callerFault, stoppable, type OpenSource, type Operation } from '@net/core/authoring'

/** Bytes at the beginning of the memory that was lent. */
export interface FilledBlock {
  readonly memory: Uint8Array
  readonly length: number
}

/** Lends memory for the next block. */
export type Room = () => Promise<Uint8Array>

/** All bytes of the source; a file is read into the memory itself. No limit runs while it is the source that is waited for. */
export async function* sourceBlocks(
  op: Operation,
  source: OpenSource,
  room: Room,
): AsyncGenerator<FilledBlock, void> {
  if (source.reader === undefined) yield* gathered(op, source, room)
  else yield* read(op, source.reader(), room)
}

async function* read(
  op: Operation,
  opening: Promise<(memory: Uint8Array) => Promise<number>>,
  room: Room,
): AsyncGenerator<FilledBlock, void> {
  const readInto = await stoppable(op, opening)
  for (;;) {
    const memory = await room()
    op.idle.stop()
    const length = await stoppable(op, readInto(memory))
    if (length === 0) return
    yield { memory, length }
  }
}

async function* gathered(
  op: Operation,
  source: OpenSource,
  room: Room,
): AsyncGenerator<FilledBlock, void> {
  const chunks = source.chunks()[Symbol.asyncIterator]()
  let memory: Uint8Array | undefined
  let filled = 0
  for (;;) {
    op.idle.stop()
    const chunk = await stoppable(op, nextOf(chunks))
    if (chunk === undefined) break
    for (let at = 0; at < chunk.length;) {
      memory ??= await room()
      const taken = Math.min(chunk.length - at, memory.length - filled)
      // The chunk is its owner's again when the next one is asked for.
      memory.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled === memory.length) {
        yield { memory, length: filled }
        memory = undefined
        filled = 0
      }
    }
  }
  if (memory !== undefined && filled > 0) yield { memory, length: filled }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const next = await chunks.next()
    return next.done === true ? undefined : next.value
  } catch (error) {
    // What the caller's own source throws is the caller's.
    throw isNetError(error) ? error : callerFault(error)
  }
}
