/* Opening a file, and why it cannot be opened where the server does not say it. */

import type { Operation } from '@net/core/authoring'

import type { OpenHandle } from './handles.ts'
import { OPEN_FLAG } from './packets.ts'
import { explained } from './path-verbs.ts'
import { openRequest } from './requests.ts'
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

/** Opens a file. Rejects with `NET_EXISTS`, `NET_BAD_NAME` for a folder, and what else the server says. */
export async function openFile(
  session: SftpSession,
  op: Operation,
  { path, flags, mode, isPatient, places, abandoned }: FileOpening,
): Promise<OpenHandle> {
  const writes = (flags & OPEN_FLAG.WRITE) !== 0
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
