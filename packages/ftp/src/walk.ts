/* Everything below a folder, a folder before what is in it. Links are listed, and never followed. */

import type { Dialog } from './dialog.ts'
import type { FtpEntry } from './entry.ts'
import { listFolder, type Listing, type ListingOptions } from './listing/list.ts'
import type { Session } from './session.ts'

/** Lists one folder, in a call of its own. */
export type ListOne = (folder: string) => Promise<Listing>

/** The entries below a folder, listing by listing; a listing that was cut short throws behind what came. */
export async function* walkFolders(
  root: string,
  list: ListOne,
): AsyncGenerator<readonly FtpEntry[], void> {
  const waiting = [root]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const { entries, incomplete } = await list(folder)
    yield entries
    if (incomplete !== undefined) throw incomplete
    const folders = entries.filter(({ type }) => type === 'folder')
    for (const { path } of folders.toReversed()) waiting.push(path)
  }
}

/** Lists with what servers hide, for work on whole trees. */
export function listAll(
  session: Session,
  dialog: Dialog,
  folder: string,
  options: ListingOptions = {},
): Promise<Listing> {
  return listFolder(session, dialog, folder, { ...options, hidden: true })
}
