/* Makes a folder with those above it, each by a call of its own, so that it ends also where a folder takes none. */

import { dirname } from 'node:path'

import { disk } from './disk.ts'

/** Makes the folder at that path of the system, and those above it; one that is there will do. `mode` is for those that are made. */
export async function makeLocalFolders(path: string, mode?: number): Promise<void> {
  try {
    await made(path, mode)
  } catch (error) {
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path) throw error
    await makeLocalFolders(above, mode)
    await made(path, mode)
  }
}

async function made(path: string, mode: number | undefined): Promise<void> {
  try {
    await disk().mkdir(path, { mode })
  } catch (error) {
    // What is there may refuse for other reasons: the root of a disk that is read-only.
    if (codeOf(error) === 'ENOENT' || !(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await disk().stat(path)).isDirectory()
  } catch {
    return false
  }
}

function codeOf(error: unknown): unknown {
  return Reflect.get(error as Error, 'code')
}
