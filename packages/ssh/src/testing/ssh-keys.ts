/* Throw-away keys for tests, made in memory: no private key is ever published. */

import { generateKeyPairSync } from 'node:crypto'

import { argument, option, refuseControl } from '@net/core/authoring'

import { fingerprintOf } from '../host-keys/host-key.ts'
import { privateKeyOf } from '../identity/key-material.ts'
import { plainOpensshFile } from '../identity/openssh-file.ts'

/** An Ed25519 key pair. */
export interface SshKeyPair {
  /** In OpenSSH's private format. */
  readonly privateKey: string
  /** As it stands in `authorized_keys`: type and key. */
  readonly publicKey: string
  /** The public key in wire format. */
  readonly blob: Uint8Array
  /** `SHA256:…`. */
  readonly fingerprint: string
}

/** Makes a key pair. The comment is a text of one line. Throws `NET_BAD_OPTION` and `NET_INJECTION`. */
export function createSshKey(comment = 'test'): SshKeyPair {
  refuseControl('the comment', argument('comment', option.text, comment))
  const pair = privateKeyOf(generateKeyPairSync('ed25519').privateKey, comment)
  const { blob, type } = pair
  return {
    privateKey: plainOpensshFile(pair),
    publicKey: `${type} ${Buffer.from(blob).toString('base64')}`,
    blob,
    fingerprint: fingerprintOf(blob),
  }
}
