/* Removes a folder with everything in it, entry by entry, so that an abort ends it in the middle. */

import { readdir, rmdir, unlink } from 'node:fs/promises'

import type { Operation } from '@net/core/authoring'

/** Removes the folder at that path of the system. No link is followed; what another program removes meanwhile is gone. */
export async function removeFolder(
  op: Pick<Operation, 'signal'>,
  at: string | Buffer,
): Promise<void> {
  const path = Buffer.from(at)
  // Names as bytes: not all of them are text.
  for (const entry of await readdir(path, { encoding: 'buffer', withFileTypes: true })) {
    op.signal.throwIfAborted()
    const inner = Buffer.concat([path, SLASH, entry.name])
    const removal = entry.isDirectory() ? removeFolder(op, inner) : unlink(inner)
    await removal.catch(unlessGone)
  }
  op.signal.throwIfAborted()
  await rmdir(path)
}

function unlessGone(error: unknown): void {
  if (Reflect.get(error as Error, 'code') !== 'ENOENT') throw error
}

const SLASH: Buffer = Buffer.from('/')
