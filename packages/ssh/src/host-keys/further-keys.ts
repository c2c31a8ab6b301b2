/*
 * Further keys of a server (`hostkeys-00@openssh.com`): it names them after the login, and proves those that are new. Nothing
 * of this may disturb the connection.
 */

import { guarded } from '@net/core/authoring'

import type { Reached } from '../reach.ts'
import { readHostKey, type HostKey } from './host-key.ts'

/** Learns them once they are named. Never rejects: a key that is not learnt is as unknown as before. */
export async function learnHostKeys(
  { session, announced, learn }: Pick<Reached, 'session' | 'announced' | 'learn'>,
  told: ((keys: readonly HostKey[]) => void) | undefined,
): Promise<void> {
  // Reading them costs as much as the check of the key that was shown.
  if (told === undefined && learn === undefined) return
  try {
    const blobs = (await announced).slice(0, MOST)
    const asked = blobs.filter((blob) => {
      const key = known(blob)
      return key !== undefined && (told !== undefined || learn?.knows(key) === false)
    })
    if (asked.length === 0) return
    const keys = await session.proveHostKeys(asked)
    await learn?.add(keys)
    if (told !== undefined) guarded('onHostKeys', told)(keys)
  } catch {
    // The connection has ended, or the file cannot be written.
  }
}

/** Undefined for what cannot be used here. */
function known(blob: Uint8Array): HostKey | undefined {
  try {
    const key = readHostKey(Uint8Array.from(blob))
    return TYPES.test(key.type) && key.certificate === undefined ? key : undefined
  } catch {
    return undefined
  }
}

// A server has one key of a type, or two while it changes it.
const MOST = 32
const TYPES = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/
