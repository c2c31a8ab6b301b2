/* One entry, by MLST where the server has it, else from the listing of its folder. */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { verbOf, type Dialog } from './dialog.ts'
import type { FtpEntry } from './entry.ts'
import { replyError } from './errors.ts'
import { parseFacts } from './listing/facts.ts'
import { listFolder } from './listing/list.ts'
import { asArgument, splitPath } from './remote-path.ts'
import { isPositive } from './reply.ts'
import type { Session } from './session.ts'

/** What the server tells of the path. Rejects with `NET_NOT_FOUND`. */
export async function lookUp(session: Session, dialog: Dialog, path: string): Promise<FtpEntry> {
  if (!session.features.has('MLST')) return findInFolder(session, dialog, path)
  const command = `MLST ${asArgument(path)}`
  const reply = await dialog.op.phase('command', () => dialog.ask(command))
  if (!isPositive(reply)) throw replyError(reply, verbOf(command))
  // The facts stand in a line of their own that begins with a space; pure-ftpd leaves the space out.
  const line = reply.text.split('\n')[1]?.replace(/^ /, '')
  const facts = dialog.read(() => parseFacts(line ?? ''))
  return { ...facts, name: splitPath(path).name || facts.name, path }
}

/** As `lookUp`, but undefined if there is nothing. */
export async function lookFor(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<FtpEntry | undefined> {
  try {
    return await lookUp(session, dialog, path)
  } catch (error) {
    if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
    throw error
  }
}

async function findInFolder(session: Session, dialog: Dialog, path: string): Promise<FtpEntry> {
  const { folder, name } = splitPath(path)
  const entries = await listFolder(session, dialog, name === '' ? path : folder)
  if (name === '') return { name: '', path, type: 'folder' }
  const found = entries.find((entry) => entry.name === name)
  if (found !== undefined) return { ...found, path }
  throw netError('NET_NOT_FOUND', { message: `the server lists nothing called ${name}` })
}
