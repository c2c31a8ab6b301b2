/* Removes a folder with everything in it, entry by entry, so that an abort ends it in the middle. */

import { constants } from 'node:fs'
import { readdir, rmdir, unlink } from 'node:fs/promises'

import type { Operation } from '@net/core/authoring'

import { withHandle } from './handle-path.ts'

/**
 * Removes the folder at that path of the system. No link is followed, also none that another program puts in the place of a
 * folder meanwhile; what another program removes meanwhile is gone.
 */
export async function removeFolder(
  op: Pick<Operation, 'signal'>,
  at: string | Buffer,
): Promise<void> {
  await withHandle(at, FOLDER, (folder) => empty(op, Buffer.from(folder)))
  op.signal.throwIfAborted()
  await rmdir(at)
}

async function empty(op: Pick<Operation, 'signal'>, folder: Buffer): Promise<void> {
  // Names as bytes: not all of them are text.
  for (const entry of await readdir(folder, { encoding: 'buffer', withFileTypes: true })) {
    op.signal.throwIfAborted()
    const inner = Buffer.concat([folder, SLASH, entry.name])
    const removal = entry.isDirectory() ? removeFolder(op, inner) : unlink(inner)
    await removal.catch(unlessGone)
  }
}

function unlessGone(error: unknown): void {
  if (Reflect.get(error as Error, 'code') !== 'ENOENT') throw error
}

const SLASH: Buffer = Buffer.from('/')
const FOLDER: number =
  constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)
