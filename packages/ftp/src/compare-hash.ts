/* Whether a file on the server has the bytes that were moved, by a hash that both sides make. */

import { createHash, type Hash } from 'node:crypto'

import { netError } from '@net/core/authoring'

import { hashesOf, hashOf } from './checksum.ts'
import type { Dialog } from './dialog.ts'
import type { Session } from './session.ts'

/** A hash while it is made. */
export interface RunningHash {
  readonly algorithm: string
  readonly digest: Hash
}

/** The strongest hash that the server makes. Throws `NET_UNSUPPORTED` where it makes none, and where only a part is moved. */
export function hashFor(session: Session, start: number): RunningHash {
  const [algorithm] = hashesOf(session.features)
  if (algorithm === undefined || start > 0) {
    const why =
      start > 0 ? 'only a part of the file is moved' : 'the server makes no hashes of files'
    throw netError('NET_UNSUPPORTED', { message: `the hash cannot be compared: ${why}` })
  }
  return { algorithm, digest: createHash(algorithm) }
}

/** Rejects with `NET_CHECKSUM_MISMATCH` where the server's file has another hash. */
export async function compareHash(
  session: Session,
  dialog: Dialog,
  path: string,
  { algorithm, digest }: RunningHash,
): Promise<void> {
  const ours = digest.digest('hex')
  const theirs = await hashOf(session, dialog, path, algorithm)
  if (ours === theirs) return
  throw netError('NET_CHECKSUM_MISMATCH', {
    message: `the ${algorithm} of what we moved is ${ours}, and that of the server's file ${theirs}`,
  })
}
