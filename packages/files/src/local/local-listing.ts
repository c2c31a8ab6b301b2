/* The entries of a local folder, in slices. */

import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'

import type { RemoteEntry } from '@net/core'
import type { DiskPace } from '@net/core/authoring'

import { join } from '../tree-path.ts'
import { mayBeLossy, nameOfBytes, systemPath } from './system-path.ts'

/** The entries of the folder, in slices. `at` is its path for the system, `path` its path in the tree. */
export async function* entriesOf(
  at: string,
  path: string,
  pace: DiskPace,
): AsyncGenerator<readonly RemoteEntry[], void> {
  const names = await pace.run(
    () => namesNow(at),
    () => namesOf(at),
  )
  for (let start = 0; start < names.length; start += SLICE) {
    const slice = names.slice(start, start + SLICE)
    yield pace.isSlow ? await inBackground(at, path, slice) : await atOnce(at, path, slice, pace)
  }
}

/** The entry of one file or folder. */
export async function entryAt(
  at: string | Buffer,
  path: string,
  name: string,
): Promise<RemoteEntry> {
  const found = await lstat(at)
  return entryOf(path, name, found, found.isSymbolicLink() ? await readlink(at) : undefined)
}

/** The same, without a trip to another thread. */
export function entryNow(at: string | Buffer, path: string, name: string): RemoteEntry {
  const found = lstatSync(at)
  return entryOf(path, name, found, found.isSymbolicLink() ? readlinkSync(at) : undefined)
}

/** The entry that the system's words make. */
export function entryOf(path: string, name: string, found: Stats, target?: string): RemoteEntry {
  const type = typeOf(found)
  const modified = Math.round(found.mtimeMs)
  const mode = found.mode & PERMISSIONS
  // Most are files, and of some trees there are a hundred thousand.
  if (type === 'file') return { name, path, type, size: found.size, modified, mode }
  return {
    name,
    path,
    type,
    modified,
    mode,
    ...(target === undefined ? {} : { target }),
    ...(type === 'other' ? { raw: rawOf(found) } : {}),
  }
}

function namesNow(at: string): readonly string[] {
  const names = readdirSync(at)
  if (!names.some((name) => mayBeLossy(name))) return names
  return readdirSync(at, { encoding: 'buffer' }).map((bytes) => nameOfBytes(bytes))
}

async function namesOf(at: string): Promise<readonly string[]> {
  const names = await readdir(at)
  if (!names.some((name) => mayBeLossy(name))) return names
  return (await readdir(at, { encoding: 'buffer' })).map((bytes) => nameOfBytes(bytes))
}

async function atOnce(
  at: string,
  path: string,
  names: readonly string[],
  pace: DiskPace,
): Promise<readonly RemoteEntry[]> {
  await pace.rest()
  return pace.timed(() =>
    names.flatMap((name) => {
      // What was removed since the folder was read is not there.
      const found = lstatSync(systemPath(at, name), { throwIfNoEntry: false })
      if (found === undefined) return []
      const link = found.isSymbolicLink() ? readlinkSync(systemPath(at, name)) : undefined
      return [entryOf(join(path, name), name, found, link)]
    }),
  )
}

async function inBackground(
  at: string,
  path: string,
  names: readonly string[],
): Promise<readonly RemoteEntry[]> {
  const entries = names.map((name) =>
    entryAt(systemPath(at, name), join(path, name), name).catch((error: unknown) => {
      if (Reflect.get(error as Error, 'code') === 'ENOENT') return undefined
      throw error
    }),
  )
  return (await Promise.all(entries)).filter((entry) => entry !== undefined)
}

function typeOf(found: Stats): RemoteEntry['type'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}

function rawOf(found: Stats): string {
  if (found.isFIFO()) return 'pipe'
  return found.isSocket() ? 'socket' : 'device'
}

const PERMISSIONS = 0o7777
const SLICE = 128
