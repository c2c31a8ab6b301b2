/* Everything below a folder, a folder before what is in it. Links are listed, and never followed. */

import type { SftpEntry } from './entry.ts'
import type { NamePattern } from './name-pattern.ts'

/** Lists one folder, in a call of its own. */
export type ListOne = (folder: string) => AsyncIterable<SftpEntry>

/** The entries below a folder. `enters` says which folders are looked into; default all. */
export async function* walkFolders(
  root: string,
  list: ListOne,
  enters: (path: string) => boolean = () => true,
): AsyncGenerator<SftpEntry, void> {
  const waiting = [root]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const folders: string[] = []
    for await (const entry of list(folder)) {
      if (entry.type === 'folder' && enters(entry.path)) folders.push(entry.path)
      yield entry
    }
    for (const each of folders.toReversed()) waiting.push(each)
  }
}

/** The entries that the pattern means. */
export async function* globFolders(
  pattern: NamePattern,
  list: ListOne,
): AsyncGenerator<SftpEntry, void> {
  const { base } = pattern
  const below = (path: string): string =>
    base === '' ? path : path.slice(base.endsWith('/') ? base.length : base.length + 1)
  const entries = walkFolders(base === '' ? '.' : base, list, (path) =>
    pattern.canContain(below(path)),
  )
  for await (const entry of entries) if (pattern.matches(below(entry.path))) yield entry
}
