/*
 * Copying a file on the server (copy-data of OpenSSH), in pieces, so that the call can be stopped and shows how far it is;
 * then the sizes are compared, as servers say that all is done where they did less.
 */

import { netError, type Operation } from '@net/core/authoring'

import type { SftpAttributes } from './attributes.ts'
import type { OpenHandle } from './handles.ts'
import { fileAt } from './download.ts'
import { keepPrivate, openFile } from './open-file.ts'
import { openOwnPart } from './own-part.ts'
import { OPEN_FLAG, PACKET } from './packets.ts'
import type { PartFailed } from './parts-in-use.ts'
import { copyDataRequest, requireExtension } from './path-verbs.ts'
import { renameOver, renameUnlessTaken } from './rename.ts'
import { handleRequest, pathRequest } from './requests.ts'
import type { SftpSession } from './sftp-session.ts'
import type { TransferResult } from './transfer-result.ts'
import { partName } from './upload.ts'

/** What is copied. */
export interface CopyPlan {
  readonly from: string
  readonly to: string
  readonly replace: boolean
}

/** Copies a file. Rejects with `NET_UNSUPPORTED` where the server cannot. */
export async function copyOnServer(
  session: SftpSession,
  op: Operation,
  { from, to, replace }: CopyPlan,
): Promise<TransferResult> {
  requireExtension(session, 'copy-data', { what: `copy ${from}` })
  const found = await fileAt(session, op, from)
  const part = partName(to)
  const size = await session.duringPart(op, part, (failed) =>
    copied(session, op, { from, to, replace, part, found, failed }),
  )
  return { transferred: size, size, verified: size === found.size }
}

interface PartPlan extends CopyPlan {
  readonly part: string
  readonly found: SftpAttributes
  readonly failed: PartFailed
}

/** Resolves to how many bytes the copy has, once it has its name. */
async function copied(
  session: SftpSession,
  op: Operation,
  { from, to, replace, part, found, failed }: PartPlan,
): Promise<number> {
  const clean = (): Promise<unknown> =>
    session.pipeline.ask(pathRequest(PACKET.REMOVE, session.path(part))).catch(() => {})
  const abandoned = (late: Promise<boolean>): void =>
    failed(late.then((isOpen) => (isOpen ? clean() : undefined)))
  const mode = found.permissions === undefined ? undefined : found.permissions & 0o777
  const source = await openFile(session, op, {
    path: from,
    flags: OPEN_FLAG.READ,
    // Copies that each have one of their two files would wait for each other.
    places: 2,
  })
  try {
    const flags = OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC
    const target = await openOwnPart(session, op, {
      path: part,
      flags,
      mode,
      places: 0,
      abandoned,
    })
    try {
      await op.phase('command', () =>
        keepPrivate(session, op, { path: part, opened: target, mode }),
      )
      const size = await moved(session, op, { from, source, target, size: found.size })
      await target.commit(op, { what: `finish ${to}` })
      const rename = replace ? renameOver : renameUnlessTaken
      await rename(session, op, { from: part, to })
      return size
    } catch (error) {
      failed(Promise.all([target.release(), clean()]))
      throw error
    }
  } finally {
    void source.release()
  }
}

interface Copying {
  readonly from: string
  readonly source: OpenHandle
  readonly target: OpenHandle
  readonly size: number | undefined
}

/** Resolves to how many bytes the copy has. */
async function moved(
  session: SftpSession,
  op: Operation,
  { from, source, target, size = Infinity }: Copying,
): Promise<number> {
  const asked = { what: `copy ${from}`, onHandle: true }
  for (let at = 0; at < size; at += PIECE) {
    op.idle.start()
    // 0 bytes would mean all that follow: where the size is not known, that is what is meant.
    const length = size === Infinity ? 0 : Math.min(PIECE, size - at)
    await session.done(
      op,
      copyDataRequest({ handle: source.id, offset: at, length }, { handle: target.id, offset: at }),
      asked,
    )
    op.progress(Math.min(size, at + PIECE), size === Infinity ? undefined : size)
    if (size === Infinity) break
  }
  op.idle.stop()
  const request = handleRequest(PACKET.FSTAT, target.id)
  const { size: received } = await session.attributes(op, request, asked)
  if (received !== undefined && size !== Infinity && received !== size) {
    throw netError('NET_SIZE_MISMATCH', {
      message: `the server says that it has copied ${from}, and the copy has ${received} of ${size} bytes`,
      received,
      expected: size,
    })
  }
  return received ?? (size === Infinity ? 0 : size)
}

const PIECE = 64 * 1024 * 1024
