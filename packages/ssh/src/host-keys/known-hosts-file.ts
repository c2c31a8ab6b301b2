/*
 * A known_hosts file: read line by line in bounded memory, and added to. Knows nothing of policies.
 */

import { constants, createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

import { netError } from '@net/core/authoring'

import type { HostKey } from './host-key.ts'
import { formatLine, lineFor, type KnownHostsLine } from './known-hosts-line.ts'

/** A line and where it stands. */
export interface KnownHost extends KnownHostsLine {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/** The lines of the file that are about the host. A file that does not exist has none. Rejects with `NET_LOCAL_IO`. */
export async function readKnownHosts(
  file: string,
  name: string,
  signal?: AbortSignal,
): Promise<readonly KnownHost[]> {
  const found: KnownHost[] = []
  let number = 0
  try {
    for await (const text of linesOf(file)) {
      signal?.throwIfAborted()
      number += 1
      const line = lineFor(name, text)
      if (line !== undefined) found.push({ ...line, file, line: number })
    }
  } catch (error) {
    if (Reflect.get(error as Error, 'code') === 'ENOENT') return found
    if (signal?.aborted === true) throw error
    throw unusable('read', file, error)
  }
  return found
}

/** Adds a line at the end of the file, which is made for its owner alone if it does not exist. Rejects with `NET_LOCAL_IO`. */
export async function addKnownHost(file: string, name: string, key: HostKey): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(
      file,
      constants.O_RDWR | constants.O_CREAT | constants.O_APPEND,
      0o600,
    )
    try {
      const { size } = await handle.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await handle.read(last, 0, 1, size - 1)
      // A last line without its end would swallow ours.
      const start = size > 0 && last[0] !== LF ? '\n' : ''
      await handle.write(start + formatLine(name, key))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unusable('written', file, error)
  }
}

/** The files that OpenSSH reads: the user's, then the machine's. */
export function defaultFiles(): readonly string[] {
  const own = join(homedir(), '.ssh')
  return [
    join(own, 'known_hosts'),
    join(own, 'known_hosts2'),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ]
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
  return netError('NET_LOCAL_IO', { message: `${file} could not be ${what}`, cause })
}

const LF = 10
const LONGEST_LINE = 64 * 1024
const NOTHING: Buffer = Buffer.alloc(0)
