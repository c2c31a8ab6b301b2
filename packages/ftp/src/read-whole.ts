/* A file into memory, with the same checks as one that goes to the disk. */

import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import type { Session } from './session.ts'

/** The bytes of a file. Rejects with `NET_PROTO_LIMIT` beyond `limit` bytes. */
export async function readWhole(
  session: Session,
  dialog: Dialog,
  path: string,
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  const sink = (chunk: Uint8Array): void => {
    received += chunk.length
    if (received > limit) throw tooLong(limit)
    chunks.push(chunk)
  }
  await download(session, dialog, { path, sink, resume: false, isOurs: true })
  return Buffer.concat(chunks, received)
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', { message: `the file has more than ${limit} bytes`, limit })
}
