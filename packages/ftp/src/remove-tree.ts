/*
 * A folder with everything in it. Only names that the server listed are removed, each as one part of a path: a listing
 * cannot lead elsewhere. Links go as links.
 */

import { isNetError } from '@net/core'

import { removeOne } from './commands.ts'
import type { Dialog } from './dialog.ts'
import { lookUp } from './lookup.ts'
import type { Session } from './session.ts'
import { listAll } from './walk.ts'

/** Removes a file, a link, or a folder with what is in it. Rejects with `NET_NOT_FOUND`, and with what the server refuses first. */
export async function removeTree(session: Session, dialog: Dialog, path: string): Promise<void> {
  const { type } = await lookUp(session, dialog, path)
  if (type !== 'folder') return removeOne(session, dialog, path)
  await removeFolder(session, dialog, path)
}

async function removeFolder(session: Session, dialog: Dialog, path: string): Promise<void> {
  const { entries, incomplete } = await listAll(session, dialog, path)
  for (const entry of entries) {
    // The name in a line that could not be read is not known.
    if (entry.raw !== undefined) continue
    if (entry.type === 'folder') await removeFolder(session, dialog, entry.path)
    else await removeIfThere(session, dialog, entry.path)
  }
  if (incomplete !== undefined) return removeFolder(session, dialog, path)
  await removeOne(session, dialog, path)
}

/** Somebody else may be as quick. */
async function removeIfThere(session: Session, dialog: Dialog, path: string): Promise<void> {
  try {
    await removeOne(session, dialog, path)
  } catch (error) {
    if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') throw error
  }
}
