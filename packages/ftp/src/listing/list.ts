/* The entries of a folder, read into memory whole, so that the session is free again before the first is looked at. */

import { netError } from '@net/core/authoring'
import type { Transport } from '@net/socket'

import type { Dialog } from '../dialog.ts'
import type { FtpEntry } from '../entry.ts'
import { nextChunk } from '../receive.ts'
import { asArgument } from '../remote-path.ts'
import type { Session } from '../session.ts'
import { transfer } from '../transfer.ts'
import { parseListing, type ListingFormat } from './entries.ts'

/** Lists a folder by MLSD where the server has it, else by LIST. Rejects with `NET_PROTO_LIMIT` beyond 16 MiB. */
export async function listFolder(
  session: Session,
  dialog: Dialog,
  folder: string,
): Promise<readonly FtpEntry[]> {
  const format: ListingFormat = session.features.has('MLST') ? 'facts' : 'people'
  const verb = format === 'facts' ? 'MLSD' : 'LIST'
  const listing = await transfer(session, dialog, {
    command: folder === '.' ? verb : `${verb} ${asArgument(folder)}`,
    mayEndEarly: true,
    move: (data) => drain(dialog, data, LARGEST),
  })
  const { entries, refused } = await parseListing(listing, folder, format)
  if (refused > 0) dialog.op.warn(`${refused} names of the listing are no names and were left out`)
  return entries
}

/** Everything that the server sends, up to `limit` bytes. Rejects with `NET_PROTO_LIMIT`. */
export async function drain(dialog: Dialog, data: Transport, limit: number): Promise<Uint8Array> {
  const { op } = dialog
  const chunks: Uint8Array[] = []
  let received = 0
  await op.phase('receive', async () => {
    for (;;) {
      const chunk = await nextChunk(op, data)
      if (chunk === null) return
      received += chunk.length
      if (received > limit) throw tooLong(limit)
      chunks.push(chunk)
      op.progress(received)
    }
  })
  return Buffer.concat(chunks, received)
}

function tooLong(limit: number): Error {
  return netError('NET_PROTO_LIMIT', { message: `the server sent more than ${limit} bytes`, limit })
}

const LARGEST = 16 * 1024 * 1024
