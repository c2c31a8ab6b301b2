/* The verbs that are commands without data: sizes, folders, names. */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { lookFor } from './lookup.ts'
import { asArgument, pathsDownTo } from './remote-path.ts'
import { errorOf, replyError } from './errors.ts'
import type { FtpReply } from './reply.ts'
import type { Session } from './session.ts'
import { sizeIn } from './size.ts'

/** The size of a file as SIZE tells it. */
export async function askForSize(dialog: Dialog, path: string): Promise<number> {
  return dialog.op.phase('command', async () =>
    sizeIn(dialog, await dialog.prepare(`SIZE ${asArgument(path)}`)),
  )
}

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
  const found = recursive || saysNothing ? await lookFor(session, dialog, path) : undefined
  if (recursive && found?.type === 'folder') return
  throw saysNothing && found !== undefined ? errorOf('NET_EXISTS', refusal, 'MKD') : error
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
  if (found === undefined) throw errorOf('NET_NOT_FOUND', asFile, 'DELE')
  throw found.type === 'folder' ? folderError : error
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
  if (!replace && (await lookFor(session, dialog, to)) !== undefined) {
    throw netError('NET_EXISTS', { message: `there is something called ${to} already` })
  }
  await dialog.op.phase('command', async () => {
    const ready = await dialog.ask(`RNFR ${asArgument(from)}`)
    if (ready.status !== 350) throw replyError(ready, 'RNFR')
    await dialog.command(`RNTO ${asArgument(to)}`)
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
