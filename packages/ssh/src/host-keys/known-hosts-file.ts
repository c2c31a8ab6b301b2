/*
 * A known_hosts file: read line by line in bounded memory, and added to. Knows nothing of policies.
 */

import { constants, createReadStream } from 'node:fs'
import { open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { devNull } from 'node:os'
import { dirname, join } from 'node:path'

import { isError, makeLocalFolders, netError } from '@net/core/authoring'

import { homeFolder } from '../local-user.ts'
import { withFileLock } from './file-lock.ts'
import type { HostKey } from './host-key.ts'
import { formatLine, lineFor, type KnownHostsLine } from './known-hosts-line.ts'

/** A line and where it stands. */
export interface KnownHost extends KnownHostsLine {
  /** Which of the names that were looked for it is about. */
  readonly name: string
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/**
 * The lines of the file that are about one of the names; of several names, the first that fits. A file that does not exist
 * has none. Rejects with `NET_LOCAL_IO`, also for what is not a regular file and may have no end.
 */
export async function readKnownHosts(
  file: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<readonly KnownHost[]> {
  const found: KnownHost[] = []
  let number = 0
  try {
    if (file === devNull) return found
    if (!(await stat(file)).isFile()) throw new Error('it is not a regular file')
    for await (const text of linesOf(file)) {
      signal?.throwIfAborted()
      number += 1
      const known = firstFit(names, text)
      if (known !== undefined) found.push({ ...known, file, line: number })
    }
  } catch (error) {
    if (signal?.aborted === true) throw error
    if (ABSENT.has(Reflect.get(error as Error, 'code'))) return found
    throw unusable('read', file, error)
  }
  return found
}

/**
 * Adds a line at the end of the file if `isNew` still says so: it is asked while no other writer of this package, in this
 * process or another, can add one. The file is made for its owner alone if it does not exist. Rejects with `NET_LOCAL_IO`,
 * and with what `isNew` rejects with.
 */
export async function addKnownHost(
  file: string,
  line: { readonly name: string; readonly key: HostKey; readonly signal?: AbortSignal },
  isNew: () => Promise<boolean>,
): Promise<void> {
  if (file === devNull) return
  try {
    await makeLocalFolders(dirname(file), 0o700)
  } catch (error) {
    throw unusable('written', file, error)
  }
  const target = await realpath(file).catch(() => file)
  await withFileLock(
    target,
    async () => {
      if (await isNew()) await append(file, formatLine(line.name, line.key))
    },
    line.signal,
  )
}

/** The files that OpenSSH reads: the user's, if this user has a home folder, then the machine's. */
export function defaultFiles(ask: () => string | undefined = homeFolder): readonly string[] {
  const home = ask()
  return [
    ...(home === undefined ? [] : USERS.map((name) => join(home, '.ssh', name))),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ]
}

/** The user's own file. Throws `NET_BAD_OPTION` if this user has no home folder. */
export function userFile(ask: () => string | undefined = homeFolder): string {
  const home = ask()
  if (home !== undefined) return join(home, '.ssh', 'known_hosts')
  throw netError('NET_BAD_OPTION', {
    message: "this user has no home folder: pass the file for the keys, acceptNew({ file: '…' })",
  })
}

function firstFit(
  names: readonly string[],
  text: string,
): Omit<KnownHost, 'file' | 'line'> | undefined {
  for (const name of names) {
    const line = lineFor(name, text)
    if (line !== undefined) return { ...line, name }
  }
  return undefined
}

async function append(file: string, line: string): Promise<void> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND
    await using handle = await open(file, flags, 0o600)
    const { size } = await handle.stat()
    // A last line without its end would swallow ours.
    const start = (await endsInLine(handle, size)) ? '' : '\n'
    try {
      await handle.writeFile(start + line)
    } catch (error) {
      // Half a line would be in the way of the next one.
      await handle.truncate(size)
      throw error
    }
  } catch (error) {
    throw unusable('written', file, error)
  }
}

async function endsInLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const last = Buffer.alloc(1)
  await handle.read(last, 0, 1, size - 1)
  return last[0] === LF
}

async function* linesOf(file: string): AsyncGenerator<string, void> {
  let rest: Buffer = NOTHING
  let skipping = false
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const part = chunk.subarray(from, end)
      from = end + 1
      if (!skipping) yield (rest.length === 0 ? part : Buffer.concat([rest, part])).toString('utf8')
      else yield ''
      rest = NOTHING
      skipping = false
    }
    const tail = chunk.subarray(from)
    // No key is that long: the line counts, but is not kept.
    if (skipping || rest.length + tail.length > LONGEST_LINE) {
      skipping = true
      rest = NOTHING
    } else if (tail.length > 0) {
      rest = Buffer.concat([rest, tail])
    }
  }
  if (!skipping && rest.length > 0) yield rest.toString('utf8')
}

function unusable(what: string, file: string, cause: unknown): Error {
  const why = isError(cause) ? `: ${cause.message}` : ''
  return netError('NET_LOCAL_IO', { message: `${file} could not be ${what}${why}`, cause })
}

const LF = 10
const USERS = ['known_hosts', 'known_hosts2']
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR'])
const LONGEST_LINE = 64 * 1024
const NOTHING: Buffer = Buffer.alloc(0)
