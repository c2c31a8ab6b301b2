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
import { SourceComparison } from './source-comparison.ts'
import { upload, type UploadPlan } from './upload.ts'

/** What is sent, and what is known of what is there. */
export interface ResumePlan extends UploadPlan {
  /**
   * Whether what is there may be of an earlier attempt of this call, and else is an old file, as of servers that keep it until the
   * new one is whole: then all of it is compared, and not its end alone. Default false.
   */
  readonly isRepeat?: boolean | undefined
}

/** As `upload`, behind what is there already if it is the beginning of the source; else from the start. */
export async function resumeUpload(
  session: Session,
  dialog: Dialog,
  plan: ResumePlan,
): Promise<TransferResult> {
  const { source, path, isRepeat = false } = plan
  if (!isReplayable(source)) {
    throw netError('NET_BODY_NOT_REPLAYABLE', {
      message: 'an upload can only be resumed from a source that can be read again',
    })
  }
  const there = (await askSize(session, dialog, path)) ?? 0
  const part = { source, path, from: isRepeat ? 0 : Math.max(0, there - COMPARED) }
  const same = there === 0 ? undefined : await agreed(session, dialog, part).catch(unknown)
  if (same === undefined) return upload(session, dialog, plan)
  // Of an empty rest there is no hash either, which `upload` says.
  if (same.isAll && plan.hash !== true) return { transferred: 0, size: there, verified: true }
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
  /** The first byte that is compared. */
  readonly from: number
}

/** Whether the bytes of the part are those of the source there; undefined if they are not, or the source is shorter. */
async function agreed(
  session: Session,
  dialog: Dialog,
  { source, path, from }: Part,
): Promise<{ readonly isAll: boolean } | undefined> {
  await using comparison = new SourceComparison(source, from)
  const sink = (chunk: Uint8Array): Promise<void> => comparison.take(chunk)
  await download(session, dialog, { path, sink, resume: false, isOurs: true, start: from })
  return comparison.differs ? undefined : { isAll: await comparison.isAtEnd() }
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
