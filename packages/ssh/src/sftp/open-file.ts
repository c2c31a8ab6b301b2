/* Opening a file, and why it cannot be opened where the server does not say it; one for private bytes is read by nobody else. */

import { netError, type Operation } from '@net/core/authoring'

import { isPrivate } from './attributes.ts'
import type { OpenHandle } from './handles.ts'
import { OPEN_FLAG, PACKET } from './packets.ts'
import { explained } from './path-verbs.ts'
import { attributesRequest, handleRequest, openRequest } from './requests.ts'
import { SftpError } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** How a file is opened. */
export interface FileOpening {
  readonly path: string
  /** Of `OPEN_FLAG`, together. */
  readonly flags: number
  /** Of a file that is made; default the server's own. */
  readonly mode?: number | undefined
  readonly isPatient?: boolean | undefined
  /** As in `OpenRules`. */
  readonly places?: 0 | 1 | 2 | undefined
  /** As in `OpenRules`. */
  readonly abandoned?: ((late: Promise<boolean>) => void) | undefined
}

/** Opens a file. Rejects with `NET_EXISTS`, `NET_BAD_NAME` for a folder, `NET_UNSUPPORTED` where something is to stay and would not, and what else the server says. */
export async function openFile(
  session: SftpSession,
  op: Operation,
  { path, flags, mode, isPatient, places, abandoned }: FileOpening,
): Promise<OpenHandle> {
  const writes = (flags & OPEN_FLAG.WRITE) !== 0
  const keeps = writes && (flags & (OPEN_FLAG.TRUNC | OPEN_FLAG.EXCL)) === 0
  if (keeps && session.opensEmpty) throw wouldEmpty(path)
  const what = writes ? `open ${path} for writing` : `open ${path}`
  const asked = { what, isPatient, places, abandoned }
  const attributes = mode === undefined ? {} : { permissions: mode }
  const request = openRequest(session.path(path), { flags, attributes })
  try {
    return await session.handles.open(op, request, asked)
  } catch (error) {
    const isNew = (flags & OPEN_FLAG.EXCL) !== 0
    throw await explained(session, op, error, [
      isNew
        ? { path, is: 'there', name: 'NET_EXISTS', why: 'it exists already', asked }
        : { path, is: 'a folder', name: 'NET_BAD_NAME', why: 'it is a folder', asked },
    ])
  }
}

function wouldEmpty(path: string): Error {
  return netError('NET_UNSUPPORTED', {
    message: `the server empties each file that is opened for writing, so that nothing of ${path} would stay; write it as a whole`,
  })
}

/** A file of our own that is open, and the mode that it is to have. */
export interface OwnFile {
  readonly path: string
  readonly opened: OpenHandle
  readonly mode: number | undefined
}

/**
 * Before a byte is written of what others may not read: a file that an earlier call has left keeps its mode when it is opened,
 * and servers in Go give a new one theirs. Warns where the server does not change it.
 */
export async function keepPrivate(
  session: SftpSession,
  op: Operation,
  { path, opened, mode }: OwnFile,
): Promise<void> {
  if (mode === undefined || !isPrivate(mode)) return
  const asked = { what: `make ${path} private`, onHandle: true }
  try {
    const look = handleRequest(PACKET.FSTAT, opened.id)
    const { permissions = 0 } = await session.attributes(op, look, asked)
    if ((permissions & 0o777 & ~mode) === 0) return
    const change = attributesRequest(PACKET.FSETSTAT, opened.id, { permissions: mode })
    await session.done(op, change, asked)
  } catch (error) {
    if (!(error instanceof SftpError)) throw error
    op.warn(`others may be able to read ${path}: ${error.message}`)
  }
}
