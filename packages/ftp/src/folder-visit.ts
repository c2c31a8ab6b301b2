/*
 * Work inside another folder. Only CWD tells a folder that is empty from one that is missing, and takes a path as it
 * is: servers hand the argument of LIST to `ls`, with its options, blanks and patterns.
 */

import { isNetError } from '@net/core'

import type { Dialog } from './dialog.ts'
import { isNotKnown, isUnknownVerb, replyError } from './errors.ts'
import { asArgument } from './remote-path.ts'
import { isPositive } from './reply.ts'
import type { Session } from './session.ts'

/** Whether the path leads to a folder, also through a link; undefined where the server cannot tell. */
export async function isFolder(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<boolean | undefined> {
  try {
    return await visit(session, dialog, path, () => Promise.resolve(true))
  } catch (error) {
    if (isNetError(error) && (error.code === 'NET_NOT_FOUND' || error.code === 'NET_BAD_NAME')) {
      return false
    }
    if (isNotKnown(error)) return undefined
    throw error
  }
}

/** Runs the work inside the folder; undefined if the server cannot go there and back. Rejects with the server's refusal of the folder. */
export async function visit<T>(
  session: Session,
  dialog: Dialog,
  folder: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if ((await enter(session, dialog, folder)) === undefined) return undefined
  let result: T
  try {
    result = await work()
  } catch (error) {
    // It says more than why the way back failed, which the next call hears of.
    await goBack(session, dialog).catch(() => {})
    throw error
  }
  await goBack(session, dialog)
  return result
}

async function goBack(session: Session, dialog: Dialog): Promise<void> {
  // After a call that was stopped, the next one goes back.
  if (!dialog.op.signal.aborted) await session.repay(dialog)
}

/** Makes the folder the current one; resolves to the command that leads back, which is owed, or undefined if it stays where it is. */
async function enter(
  session: Session,
  dialog: Dialog,
  folder: string,
): Promise<string | undefined> {
  const back = session.knows('CWD') ? await wayBack(session, dialog, folder) : undefined
  if (back === undefined) return undefined
  session.owe(back)
  const reply = await dialog.op.phase('command', () => dialog.ask(`CWD ${asArgument(folder)}`))
  if (isPositive(reply)) return back
  session.settle(back)
  const error = replyError(reply, 'CWD')
  // 501 and 504 are about the folder: LIST may show nothing for one that is missing.
  if (!isUnknownVerb(error)) throw error
  session.refused('CWD')
  return undefined
}

async function wayBack(
  session: Session,
  dialog: Dialog,
  folder: string,
): Promise<string | undefined> {
  const home = await session.home(dialog)
  if (home !== undefined) return `CWD ${home}`
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.')
  if (folder.startsWith('/') || parts.includes('..')) return undefined
  return `CWD ${parts.map(() => '..').join('/') || '.'}`
}
