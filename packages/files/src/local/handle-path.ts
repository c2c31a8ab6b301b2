/* Paths of what is open, which lead to it whatever takes its place meanwhile. Linux has them. */

import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** Whether the system has such paths. */
export function hasHandles(): boolean {
  return (found ??= process.platform === 'linux' && existsSync(HANDLES))
}

/** The path of what is open under that number, where the system has such paths. */
export function handlePath(handle: number): string {
  return `${HANDLES}/${handle}`
}

/** Runs the work with a path of what is there now: by a handle where the system has such paths, else the same. */
export async function withHandle<T>(
  at: string | Buffer,
  flags: number,
  work: (at: string | Buffer) => Promise<T>,
): Promise<T> {
  if (!hasHandles()) return work(at)
  const handle = await open(at, flags)
  try {
    return await work(handlePath(handle.fd))
  } finally {
    await handle.close()
  }
}

let found: boolean | undefined
const HANDLES = '/proc/self/fd'
