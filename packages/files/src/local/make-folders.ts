/* Makes a folder with those above it. Node's own recursive way never ends where a folder takes none, such as one of /proc. */

import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes the folder at that path of the system, and those above it; one that is there will do. */
export async function makeFolders(path: string): Promise<void> {
  try {
    await made(path)
  } catch (error) {
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path) throw error
    await makeFolders(above)
    await made(path)
  }
}

async function made(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    // What is there may refuse for other reasons: the root of a disk that is read-only.
    if (codeOf(error) === 'ENOENT' || !(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

function codeOf(error: unknown): unknown {
  return Reflect.get(error as Error, 'code')
}
