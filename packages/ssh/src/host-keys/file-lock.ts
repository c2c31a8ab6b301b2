/*
 * One writer of a file at a time: calls of this process take turns, and other processes that work by the same rule wait
 * for a lock file beside it. Knows nothing of what is written.
 */

import { open, rm, stat } from 'node:fs/promises'

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

type Release = () => Promise<void>

async function lock(path: string, signal: AbortSignal | undefined): Promise<Release> {
  const watch = new LockWatch()
  for (;;) {
    signal?.throwIfAborted()
    try {
      await (await open(path, 'wx', 0o600)).close()
      return () => remove(path)
    } catch (error) {
      // A folder that takes no new file: the writers of this process at least take turns.
      if (Reflect.get(error as Error, 'code') !== 'EEXIST') return async () => {}
    }
    const release = await succeed(path, watch, signal)
    if (release !== undefined) return release
    await pause(POLL)
  }
}

/**
 * Takes the place of a lock that was left behind; undefined where it was not. To take it away could take away the lock
 * of another process that has done the same just now. So it stays while a lock named after it is held, and only the holder of
 * that one removes it, first of all, so that no process takes the place of a lock that is gone.
 */
async function succeed(
  path: string,
  watch: LockWatch,
  signal: AbortSignal | undefined,
): Promise<Release | undefined> {
  const made = await madeAt(path)
  if (made === undefined || !watch.isLeft(made)) return undefined
  const release = await lock(`${path}.${made}`, signal)
  if ((await madeAt(path)) !== made) {
    await release()
    return undefined
  }
  return async () => {
    await remove(path)
    await release()
  }
}

/** Tells a lock that was left behind from one that is held. */
class LockWatch {
  #made: number | undefined
  #since = 0

  /** Whether the lock that was made then is that old; by how long it is seen as well, as its time may be in the future. */
  isLeft(made: number): boolean {
    const now = clock().now()
    if (made !== this.#made) {
      this.#made = made
      this.#since = now
    }
    return clock().date() - made > ABANDONED || now - this.#since > ABANDONED
  }
}

/** One that stays is no failure of the work: it is one that was left behind. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {})
}

/** When the lock was made, which tells it from a later one under its name; undefined if there is none. */
async function madeAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    return undefined
  }
}

const turns = new Map<string, Promise<void>>()
const POLL = 10
// Writing takes milliseconds: what is older was left behind by a process that ended in the middle.
const ABANDONED = 10_000
