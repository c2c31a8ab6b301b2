/* A file into memory, with the same checks as one that goes to the disk. */

import { ByteQueue, netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import type { Session } from './session.ts'

/** The bytes of a file. Rejects with `NET_PROTO_LIMIT` beyond `limit` bytes, by default 100 MiB. */
export async function readWhole(
  session: Session,
  dialog: Dialog,
  path: string,
  limit: number = MOST_IN_MEMORY,
): Promise<Uint8Array> {
  const received = new ByteQueue()
  const sink = (chunk: Uint8Array): void => {
    received.push(chunk)
    if (received.length > limit) throw tooLong(limit)
  }
  await download(session, dialog, { path, sink, resume: false, isOurs: true })
  return received.take(received.length)
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', { message: `the file has more than ${limit} bytes`, limit })
}

const MOST_IN_MEMORY = 100 * 1024 * 1024
