/*
 * One writer of a file at a time: calls of this process take turns, and other processes that work by the same rule wait
 * for a lock file beside it. Knows nothing of what is written.
 */

import { open, rename, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'

import { pause, clock } from '@net/core/authoring'

/** Runs the work while no other writer holds the file. Rejects with the signal's reason, and with what the work rejects with. */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const before = turns.get(file)
  const { promise: turn, resolve: done } = Promise.withResolvers<void>()
  turns.set(file, turn)
  try {
    await before
    const release = await lock(`${file}.lock`, signal)
    try {
      return await work()
    } finally {
      await release()
    }
  } finally {
    done()
    if (turns.get(file) === turn) turns.delete(file)
  }
}

async function lock(path: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      await (await open(path, 'wx', 0o600)).close()
      return () => rm(path, { force: true })
    } catch (error) {
      // A folder that takes no new file: the writers of this process at least take turns.
      if (Reflect.get(error as Error, 'code') !== 'EEXIST') return async () => {}
    }
    if (await isAbandoned(path)) await takeAway(path)
    else await pause(POLL)
  }
}

/** Writing takes milliseconds: what is older was left behind by a process that ended in the middle. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    return clock().date() - (await stat(path)).mtimeMs > ABANDONED
  } catch {
    return false
  }
}

/** By a rename, at which only one of several processes succeeds. */
async function takeAway(path: string): Promise<void> {
  const away = `${path}.${randomUUID()}`
  try {
    await rename(path, away)
    await rm(away, { force: true })
  } catch {
    // Another process was faster.
  }
}

const turns = new Map<string, Promise<void>>()
const POLL = 10
const ABANDONED = 10_000
