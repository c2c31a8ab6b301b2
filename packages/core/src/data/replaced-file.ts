/*
 * The file whose place another one is about to take: where it is behind links, whether it can be replaced at all, and
 * what the new one has to take over from it. What is replaced keeps its reach: no user can read the new file who could
 * not read the old one.
 */

import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import { isError } from '../errors/is-error.ts'
import { netError } from '../errors/net-error.ts'
import { disk } from './disk.ts'

/** Where a path leads. */
export interface LinkEnd {
  readonly path: string
  /** What stands there; undefined for nothing. */
  readonly found: Stats | undefined
}

/** Where the path leads: through links, also to a file that is not there yet. */
export async function endOfLinks(path: string): Promise<LinkEnd> {
  let at = resolve(path)
  for (let links = 0; links < MOST_LINKS; links++) {
    const found = await orMissing(disk().lstat(at))
    if (found?.isSymbolicLink() !== true) return { path: at, found }
    // A link that is relative is so to its real folder.
    const folder = await disk().realpath(dirname(at))
    at = resolve(folder, await disk().readlink(join(folder, basename(at))))
  }
  throw netError('NET_LOCAL_IO', { message: `${path} leads through too many links` })
}

/** Throws `NET_LOCAL_IO` for what nothing can be written to. */
export function checkWritable({ path, found }: LinkEnd): void {
  const what = found === undefined ? undefined : unwritable.find(([, is]) => is(found))?.[0]
  // Else the name would be refused only after everything has been transferred, or the call would wait for a reader.
  if (what !== undefined) throw netError('NET_LOCAL_IO', { message: `${path} is ${what}` })
}

/** Who a file belongs to, and who may use it. */
export type Reach = Pick<Stats, 'uid' | 'gid' | 'mode'>

/** Whether the one can be used as the other. */
export function hasSameReach(one: Reach, other: Reach): boolean {
  return one.uid === other.uid && one.gid === other.gid && one.mode === other.mode
}

/**
 * Gives the new file, which is as `made` says, the owner, group and permissions of the old one. Where this process may
 * not give it the group, what only the group was allowed is not allowed at all.
 */
export async function takeOver(file: FileHandle, made: Reach, old: Reach): Promise<void> {
  let now = made
  if (made.uid !== old.uid || made.gid !== old.gid) {
    // Only the superuser may give files away; a group can be given by its members.
    await file.chown(old.uid, old.gid).catch(() => file.chown(made.uid, old.gid).catch(() => {}))
    now = await file.stat()
  }
  const mode = now.gid === old.gid ? old.mode : withoutGroup(old.mode)
  if ((now.mode & PERMISSIONS) !== (mode & PERMISSIONS)) await file.chmod(mode & PERMISSIONS)
}

/** The permissions of a file that is going to take over those of the old one: its owner's alone. */
export function firstMode(old: Stats): number {
  return old.mode & 0o700
}

function withoutGroup(mode: number): number {
  const others = mode & 0o007
  return (mode & ~0o070) | (mode & (others << 3))
}

async function orMissing(found: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await found
  } catch (error) {
    if (isError(error) && Reflect.get(error, 'code') === 'ENOENT') return undefined
    throw error
  }
}

const unwritable: readonly (readonly [what: string, is: (found: Stats) => boolean])[] = [
  ['a folder', (found) => found.isDirectory()],
  ['a pipe: pass a stream', (found) => found.isFIFO()],
  ['a socket: pass a stream', (found) => found.isSocket()],
  ['a disk', (found) => found.isBlockDevice()],
]
const PERMISSIONS = 0o777
/** As many as Linux follows. */
const MOST_LINKS = 40
