/* A whole listing into memory, with a limit. */

import { ByteQueue, netError } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import type { Dialog } from '../dialog.ts'
import { nextChunk } from '../receive.ts'

/** The most bytes of a listing, where the caller says nothing. */
export const LARGEST_LISTING: number = 16 * 1024 * 1024

/** Everything that the server sends, up to `limit` bytes. Rejects with `NET_PROTO_LIMIT`. */
export async function drain(dialog: Dialog, data: Transport, limit: number): Promise<Uint8Array> {
  const { op } = dialog
  const received = new ByteQueue()
  await op.phase('receive', async () => {
    for (;;) {
      const chunk = await nextChunk(op, data)
      if (chunk === null) return
      received.push(chunk)
      if (received.length > limit) throw tooLong(limit)
      op.progress(received.length)
    }
  })
  return received.take(received.length)
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent a listing of more than ${limit} bytes; raise maxBytes`,
    limit,
  })
}
