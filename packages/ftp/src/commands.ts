/* The verbs that are commands without data: sizes, folders, names. */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { lookFor } from './lookup.ts'
import { asArgument, pathsDownTo } from './remote-path.ts'
import { replyError } from './errors.ts'
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
  let refusal: Error | undefined
  for (const each of paths) {
    refusal = await dialog.op.phase('command', () =>
      attemptCommand(dialog, `MKD ${asArgument(each)}`),
    )
  }
  if (refusal === undefined) return
  // Why a folder could not be made, servers tell in too many words; that it is there, only one way.
  const found = recursive ? await lookFor(session, dialog, path) : undefined
  if (found?.type !== 'folder') throw refusal
}

/** Removes a file, or else an empty folder. */
export async function removeOne(dialog: Dialog, path: string): Promise<void> {
  await dialog.op.phase('command', async () => {
    const asFile = await attemptCommand(dialog, `DELE ${asArgument(path)}`)
    if (asFile === undefined) return
    const asFolder = await attemptCommand(dialog, `RMD ${asArgument(path)}`)
    if (asFolder === undefined) return
    throw isNetError(asFolder) && asFolder.code === 'NET_NOT_EMPTY' ? asFolder : asFile
  })
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

/** The error if the server refused for good; undefined if it did it. */
async function attemptCommand(dialog: Dialog, command: string): Promise<Error | undefined> {
  try {
    await dialog.command(command)
    return undefined
  } catch (error) {
    if (isNetError(error) && (error.reply?.status ?? 0) >= 500) return error
    throw error
  }
}
