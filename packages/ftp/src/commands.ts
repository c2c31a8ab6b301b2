/* The verbs that are commands without data: folders and names. */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import type { FtpEntry } from './entry.ts'
import { isFolder } from './folder-visit.ts'
import { listFolder } from './listing/list.ts'
import { cannotTell, lookFor } from './lookup.ts'
import { asArgument, pathsDownTo, splitPath } from './remote-path.ts'
import { errorOf, replyError } from './errors.ts'
import { chosen, renamed } from './rename.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** Makes a folder; with `recursive` also those above it, and a folder that is there is as good as made. */
export async function makeFolder(
  session: Session,
  dialog: Dialog,
  path: string,
  recursive: boolean,
): Promise<void> {
  const paths = recursive ? pathsDownTo(path) : [path]
  let refusal: FtpReply | undefined
  for (const each of paths) {
    refusal = await dialog.op.phase('command', () => refusalOf(dialog, `MKD ${asArgument(each)}`))
  }
  if (refusal === undefined) return
  const error = replyError(refusal, 'MKD')
  // Why a folder could not be made, servers tell in too many words, or not at all; that it is there, only one way.
  const saysNothing = error.code === 'NET_REPLY_PERMANENT'
  const found = recursive || saysNothing ? (await lookFor(session, dialog, path)).is : undefined
  if (recursive && found !== undefined && (await isAsGoodAsFolder(session, dialog, found))) return
  if (!saysNothing) throw error
  if (found !== undefined) throw errorOf('NET_EXISTS', refusal, 'MKD')
  const above = await isFolder(session, dialog, splitPath(path).folder)
  throw above === false ? errorOf('NET_NOT_FOUND', refusal, 'MKD') : error
}

/** A link counts unless the server says that it does not lead to a folder. */
async function isAsGoodAsFolder(
  session: Session,
  dialog: Dialog,
  { type, path }: FtpEntry,
): Promise<boolean> {
  if (type !== 'link') return type === 'folder'
  return (await isFolder(session, dialog, path)) !== false
}

/** Removes a file, or else an empty folder. */
export async function removeOne(session: Session, dialog: Dialog, path: string): Promise<void> {
  const argument = asArgument(path)
  const { op } = dialog
  const asFile = await op.phase('command', () => refusalOf(dialog, `DELE ${argument}`))
  if (asFile === undefined) return
  const asFolder = await op.phase('command', () => refusalOf(dialog, `RMD ${argument}`))
  if (asFolder === undefined) return
  const [error, folderError] = [replyError(asFile, 'DELE'), replyError(asFolder, 'RMD')]
  // The first says "Is a directory", or the second why the folder stays.
  if (error.code === 'NET_BAD_NAME' || folderError.code === 'NET_NOT_EMPTY') throw folderError
  if (error.code !== 'NET_REPLY_PERMANENT') throw error
  // vsftpd says "Delete operation failed." to everything.
  const found = await lookFor(session, dialog, path)
  if (found.is === undefined) {
    throw found.proof === 'none' ? error : errorOf('NET_NOT_FOUND', asFile, 'DELE')
  }
  if (found.is.type !== 'folder') throw error
  const { entries } = await listFolder(session, dialog, path)
  throw entries.length > 0 ? errorOf('NET_NOT_EMPTY', asFolder, 'RMD') : folderError
}

/** What is renamed. */
export interface RenamePlan {
  readonly from: string
  readonly to: string
  readonly replace: boolean
}

/** Renames; many servers replace without a word, so what is there is looked for before. */
export async function renameOne(
  session: Session,
  dialog: Dialog,
  { from, to, replace }: RenamePlan,
): Promise<void> {
  if (!replace) await refuseIfThere(session, dialog, to)
  const reply = await renamed(session, dialog, from, to)
  if (!isPositive(reply)) throw replyError(reply, 'RNTO')
}

/** Passes only where it is proven that nothing has the name. */
async function refuseIfThere(session: Session, dialog: Dialog, path: string): Promise<void> {
  const found = await lookFor(session, dialog, path)
  if (found.is === undefined && found.proof === 'named') return
  if (found.is === undefined) {
    // Any server that renames says whether it could rename this.
    const reply = await dialog.op.phase('command', () => chosen(session, dialog, path))
    if (reply.status !== 350) {
      if (replyError(reply, 'RNFR').code === 'NET_NOT_FOUND') return
      throw cannotTell(path)
    }
  }
  throw netError('NET_EXISTS', {
    message: `${path} exists already; pass replace: true to replace it`,
  })
}

/** What the server says if it refuses for good; undefined if it did it. */
async function refusalOf(dialog: Dialog, command: string): Promise<FtpReply | undefined> {
  try {
    await dialog.command(command)
    return undefined
  } catch (error) {
    const { status = 0, text = '' } = isNetError(error) ? (error.reply ?? {}) : {}
    if (status >= 500) return { status, text }
    throw error
  }
}
