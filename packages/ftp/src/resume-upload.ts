/*
 * An upload that goes on where an earlier one was cut. How much is there only the server knows, and whether it is of
 * this source only its bytes: the end of it is fetched and compared.
 */

import { fromFile, type Source } from '@net/core'
import { isFileSource, isReplayable, netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { download } from './download.ts'
import type { TransferResult } from './entry.ts'
import { isNotKnown } from './errors.ts'
import type { Session } from './session.ts'
import { askSize } from './size.ts'
import { chunksOf } from './source-chunks.ts'
import { upload, type UploadPlan } from './upload.ts'

/** As `upload`, behind what is there already if it is the beginning of the source; else from the start. */
export async function resumeUpload(
  session: Session,
  dialog: Dialog,
  plan: UploadPlan,
): Promise<TransferResult> {
  const { source, path } = plan
  if (!isReplayable(source)) {
    throw netError('NET_BODY_NOT_REPLAYABLE', {
      message: 'an upload can only be resumed from a source that can be read again',
    })
  }
  const there = (await askSize(session, dialog, path)) ?? 0
  const part = { source, path, there }
  const tail = there === 0 ? undefined : await agreed(session, dialog, part).catch(unknown)
  if (tail === undefined) return upload(session, dialog, plan)
  if (tail.isAll) return { transferred: 0, size: there, verified: true }
  return upload(session, dialog, { ...plan, source: behind(source, there), start: there })
}

/** Without REST nothing can be resumed. */
function unknown(error: unknown): undefined {
  if (!isNotKnown(error)) throw error
  return undefined
}

interface Part {
  readonly source: Source
  readonly path: string
  readonly there: number
}

/** Whether the last bytes of the part are those of the source there; undefined if they are not, or the source is shorter. */
async function agreed(
  session: Session,
  dialog: Dialog,
  { source, path, there }: Part,
): Promise<{ readonly isAll: boolean } | undefined> {
  const from = Math.max(0, there - COMPARED)
  const remote: Buffer[] = []
  const sink = (chunk: Uint8Array): void => void remote.push(Buffer.from(chunk))
  await download(session, dialog, { path, sink, resume: false, isOurs: true, start: from })
  const wanted = Buffer.concat(remote)
  const ours = await bytesAt(source, from, wanted.length + 1)
  if (ours.length < wanted.length || !ours.subarray(0, wanted.length).equals(wanted)) {
    return undefined
  }
  return { isAll: ours.length === wanted.length }
}

/** Bytes of the source from there on; fewer where it ends. */
async function bytesAt(source: Source, start: number, length: number): Promise<Buffer> {
  const found: Buffer[] = []
  let held = 0
  for await (const chunk of chunksOf(source, start)) {
    const piece = Buffer.from(chunk.subarray(0, length - held))
    found.push(piece)
    held += piece.length
    if (held >= length) break
  }
  return Buffer.concat(found)
}

/** The source without its first bytes. */
function behind(source: Source, skip: number): Source {
  if (isFileSource(source)) {
    const { path, start, end } = source
    return fromFile(path, { start: start + skip, ...(end === undefined ? {} : { end }) })
  }
  if (source instanceof Uint8Array) return source.subarray(skip)
  return () => chunksOf(source, skip)
}

const COMPARED = 65_536
