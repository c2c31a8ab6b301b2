/* A whole listing into memory, with a limit. */

import { ByteQueue, netError } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import type { Dialog } from '../dialog.ts'
import { nextChunk } from '../receive.ts'

/** The most bytes of a listing, where the caller says nothing. */
export const LARGEST_LISTING: number = 16 * 1024 * 1024
/** What is shorter is fetched again where it breaks off. */
const LONG = 1024 * 1024

/**
 * Everything that the server sends, up to `limit` bytes; of what is long, `overflow` gets all that has come as it comes, and
 * the result is what it has not got. Rejects with `NET_PROTO_LIMIT`.
 */
export async function drain(
  dialog: Dialog,
  data: Transport,
  limit: number,
  overflow?: (bytes: Uint8Array) => void,
): Promise<Uint8Array> {
  const { op } = dialog
  const kept = new ByteQueue()
  let received = 0
  await op.phase('receive', async () => {
    for (;;) {
      const chunk = await nextChunk(op, data)
      if (chunk === null) return
      kept.push(chunk)
      received += chunk.length
      if (received > limit) throw tooLong(limit)
      if (received > LONG) overflow?.(kept.take(kept.length))
      op.progress(received)
    }
  })
  return kept.take(kept.length)
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent a listing of more than ${limit} bytes; raise maxBytes`,
    limit,
  })
}
