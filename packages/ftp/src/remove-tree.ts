/*
 * A folder with everything in it. Only names that the server listed are removed, each as one part of a path: a listing
 * cannot lead elsewhere. Links go as links.
 */

import { isNetError } from '@net/core'

import { removeOne } from './commands.ts'
import type { Dialog } from './dialog.ts'
import type { FtpEntry } from './entry.ts'
import { lookUp } from './lookup.ts'
import { asArgument } from './remote-path.ts'
import { isPositive } from './reply.ts'
import type { Session } from './session.ts'
import { listAll } from './walk.ts'

/** Removes a file, a link, or a folder with what is in it. Rejects with `NET_NOT_FOUND`, and with what the server refuses first. */
export async function removeTree(session: Session, dialog: Dialog, path: string): Promise<void> {
  const { type } = await lookUp(session, dialog, path)
  if (type !== 'folder') return removeOne(session, dialog, path)
  await removeBelow(session, dialog, path)
}

async function removeFolder(session: Session, dialog: Dialog, path: string): Promise<void> {
  const gone = new Set<string>()
  for (;;) {
    const { entries, incomplete } = await listAll(session, dialog, path)
    const before = gone.size
    for (const entry of entries) {
      // The name in a line that could not be read is not known.
      if (entry.raw !== undefined) continue
      if (await isRemoved(session, dialog, entry)) gone.add(entry.name)
    }
    if (incomplete === undefined) return removeEmpty(session, dialog, path)
    // The next listing shows others only where something is gone.
    if (gone.size === before) throw incomplete
  }
}

/** As `removeOne`, which has the better error, without asking once more whether it is a file. */
async function removeEmpty(session: Session, dialog: Dialog, path: string): Promise<void> {
  const command = `RMD ${asArgument(path)}`
  const reply = await dialog.op.phase('command', () => dialog.work(command))
  if (!isPositive(reply)) await removeOne(session, dialog, path)
}

/** Whether the entry is gone by what we did: somebody else may be as quick. */
async function isRemoved(session: Session, dialog: Dialog, entry: FtpEntry): Promise<boolean> {
  try {
    if (entry.type === 'folder') await removeBelow(session, dialog, entry.path)
    else await removeOne(session, dialog, entry.path)
    return true
  } catch (error) {
    if (entry.type !== 'folder' && isNetError(error) && error.code === 'NET_NOT_FOUND') return false
    throw error
  }
}

/** Some servers show a link to a folder as that folder: as a file a link goes, and a folder does not. */
async function removeBelow(session: Session, dialog: Dialog, path: string): Promise<void> {
  const command = `DELE ${asArgument(path)}`
  const reply = await dialog.op.phase('command', () => dialog.work(command))
  if (!isPositive(reply)) await removeFolder(session, dialog, path)
}
