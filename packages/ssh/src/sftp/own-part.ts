/*
 * Opening a part to write to it. One that an earlier call has left may be read-only, since the file is to be so: its owner opens
 * it all the same, and it keeps its mode.
 */

import { isNetError } from '@net/core'
import type { Operation } from '@net/core/authoring'

import { typeOf } from './attributes.ts'
import type { OpenHandle } from './handles.ts'
import { openFile, type FileOpening } from './open-file.ts'
import { attributesOf, setAttributes } from './path-verbs.ts'
import type { SftpSession } from './sftp-session.ts'
import { SftpError, unlessRefused } from './sftp-error.ts'

/** Opens it as `openFile` does, and rejects like it. */
export async function openOwnPart(
  session: SftpSession,
  op: Operation,
  opening: FileOpening,
): Promise<OpenHandle> {
  try {
    return await openFile(session, op, opening)
  } catch (error) {
    if (!isNetError(error) || error.code !== 'NET_ACCESS_DENIED') throw error
    const mode = await readOnlyMode(session, op, opening.path)
    if (mode === undefined) throw error
    return openReadOnly(session, op, { opening, mode, refusal: error })
  }
}

interface ReadOnlyPart {
  readonly opening: FileOpening
  readonly mode: number
  /** Why it could not be opened as it is. */
  readonly refusal: Error
}

async function openReadOnly(
  session: SftpSession,
  op: Operation,
  { opening, mode, refusal }: ReadOnlyPart,
): Promise<OpenHandle> {
  const set = (permissions: number): Promise<void> =>
    setAttributes(session, op, opening.path, { permissions })
  await set(mode | OWNER_WRITES).catch((error: unknown) => {
    throw error instanceof SftpError ? refusal : error
  })
  let opened: OpenHandle | undefined
  try {
    opened = await openFile(session, op, opening)
    await set(mode)
    return opened
  } catch (error) {
    if (opened === undefined) await set(mode).catch(() => {})
    else void opened.release()
    throw error
  }
}

/** The permissions of a file to which its owner may not write; undefined for anything else. */
async function readOnlyMode(
  session: SftpSession,
  op: Operation,
  path: string,
): Promise<number | undefined> {
  const found = await attributesOf(session, op, path, false).catch(unlessRefused)
  const { permissions = OWNER_WRITES } = found
  const isReadOnly = typeOf(found) === 'file' && (permissions & OWNER_WRITES) === 0
  return isReadOnly ? permissions & PERMISSIONS : undefined
}

const PERMISSIONS = 0o777
const OWNER_WRITES = 0o200
