/*
 * From a data connection into a sink, and chunk by chunk. It must not know what the sink is.
 */

import { stoppable, type Operation } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { isEnd, receiveAll } from '@net/socket/authoring'

/** Where received bytes go. */
export interface ChunkSink {
  /** Is called again only when it has resolved. Resolves to the bytes the sink has in all. */
  write(chunks: readonly Uint8Array[]): Promise<number>
  /** Whether chunks may be used again once they are written. */
  readonly lends: boolean
}

/** Moves everything until the peer ends. A write that fails ends the connection at once. */
export async function receiveInto(
  op: Operation,
  data: Transport,
  sink: ChunkSink,
  total: number | undefined,
): Promise<void> {
  let position = 0
  const receiving = receiveAll(op, data, {
    lends: sink.lends,
    async write(chunks) {
      position = await sink.write(chunks)
    },
    written: () => op.progress(position, total),
  })
  await receiving.catch((error: unknown) => {
    // Where the size is known it tells by itself whether something is missing.
    if (total === undefined || !isEnd(error)) throw error
  })
}

/** The next bytes; `idle` runs only while it is the server that we wait for. */
export async function nextChunk(op: Operation, data: Transport): Promise<Uint8Array | null> {
  op.idle.start()
  try {
    return await stoppable(op, data.read())
  } finally {
    op.idle.stop()
  }
}
