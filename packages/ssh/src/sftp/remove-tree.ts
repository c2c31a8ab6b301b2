/* Removing a folder with everything in it. Links are removed, and never followed. */

import type { Operation } from '@net/core/authoring'

import { typeOf } from './attributes.ts'
import type { SftpEntry } from './entry.ts'
import { listFolder } from './listing.ts'
import { attributesOf, removeFolder, removePath } from './path-verbs.ts'
import type { SftpSession } from './sftp-session.ts'

/** Removes what has the path, and what is in it. */
export async function removeTree(session: SftpSession, op: Operation, path: string): Promise<void> {
  const found = await attributesOf(session, op, path, false)
  if (typeOf(found) === 'folder') await removeAll(session, op, path)
  else await removePath(session, op, path)
}

async function removeAll(session: SftpSession, op: Operation, folder: string): Promise<void> {
  const entries: SftpEntry[] = []
  await listFolder(session, op, { folder, isPatient: true }, async (some) => {
    for (const each of some) entries.push(each)
  })
  const folders = entries.filter(({ type }) => type === 'folder')
  const others = entries.filter(({ type, raw }) => type !== 'folder' && raw !== NO_NAME)
  for (let at = 0; at < others.length; at += TOGETHER) {
    const some = others.slice(at, at + TOGETHER)
    await Promise.all(some.map(({ path }) => removePath(session, op, path)))
    op.progress(at)
  }
  // Each is looked at once more: there are servers whose listings tell what a link leads to.
  for (const { path } of folders) await removeTree(session, op, path)
  await removeFolder(session, op, folder)
}

const NO_NAME = 'a name that is no name of an entry'
/** How many are removed at once. */
const TOGETHER = 64
