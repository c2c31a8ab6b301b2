/*
 * A part that its owner may read and not write, since the file is to be read-only: a later call goes on with it all the same, and
 * it keeps its mode.
 */

import type { FileHandle } from 'node:fs/promises'

import { disk } from './disk.ts'

/** Opens it to be written. Rejects with `refused`, why it could not be opened so, where it is another's or no file of one name. */
export async function openReadOnly(
  path: string,
  flags: number,
  refused: unknown,
): Promise<FileHandle> {
  const { constants, open } = disk()
  // Neither follow a link nor wait for the writer of a pipe. Windows has neither flag.
  const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const there = await open(path, constants.O_RDONLY | careful).catch(() => undefined)
  if (there === undefined) throw refused
  try {
    const found = await there.stat()
    if (!found.isFile() || found.nlink !== 1) throw refused
    const own = found.mode & PERMISSIONS
    await there.chmod(own | OWNER_WRITES).catch(() => Promise.reject(refused))
    try {
      return await open(path, flags)
    } finally {
      await there.chmod(own)
    }
  } finally {
    await there.close()
  }
}

const PERMISSIONS = 0o777
const OWNER_WRITES = 0o200
