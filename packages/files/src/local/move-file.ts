/* Another name for what is there, where nothing has that name. */

import { link, lstat, rename, unlink } from 'node:fs/promises'

import { netError } from '@net/core/authoring'

import type { FilePlace } from './file-place.ts'

/** Gives a file or folder another name, and replaces nothing: `NET_EXISTS`. */
export async function moveFile(from: FilePlace, to: FilePlace): Promise<void> {
  const found = await lstat(from.at)
  if (!found.isDirectory()) {
    try {
      // Unlike a rename it replaces nothing, whatever comes in between.
      await link(from.at, to.at)
      return await unlink(from.at)
    } catch (error) {
      if (!NO_LINKS.has(String(Reflect.get(error as Error, 'code')))) throw error
    }
  }
  const there = await lstat(to.at).catch(() => undefined)
  if (there !== undefined) {
    throw netError('NET_EXISTS', { message: `${to.path} exists already` })
  }
  await rename(from.at, to.at)
}

const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV'])
