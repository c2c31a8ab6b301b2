/*
 * Which algorithms are offered, in order of preference: nothing with SHA-1, CBC, DSA or RC4. Knows nothing of the
 * engine but the names of RFC 4253 and its successors.
 */

import { netError } from '@net/core/authoring'

/** Names of algorithms, the preferred first. */
export interface Algorithms {
  readonly kex: readonly string[]
  readonly hostKeys: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
}

/** What both sides agreed on. */
export interface Negotiated {
  readonly kex: string
  readonly hostKey: string
  /** From us to the server. */
  readonly cipherOut: string
  readonly macOut: string
  /** From the server to us. */
  readonly cipherIn: string
  readonly macIn: string
}

/** What is offered to a server of which keys of these types are known: those types first, so that it shows a known key. */
export function offer(knownTypes: readonly string[]): Algorithms {
  const known = knownTypes.flatMap((type) => SIGNATURES[type] ?? [type])
  const first = HOST_KEYS.filter((name) => known.includes(name))
  const rest = HOST_KEYS.filter((name) => !known.includes(name))
  return { kex: KEX, hostKeys: [...first, ...rest], ciphers: CIPHERS, macs: MACS }
}

/** What is offered to a server of whose keys only those of these algorithms are wanted. */
export function offerOnly(hostKeys: readonly string[]): Algorithms {
  return { ...offer([]), hostKeys }
}

/** The algorithms of ours for host keys that the server has as well, without those for keys of these types. */
export function otherHostKeys(
  offered: readonly string[],
  types: readonly string[],
): readonly string[] {
  const seen = types.flatMap((type) => SIGNATURES[type] ?? [type])
  return HOST_KEYS.filter((name) => offered.includes(name) && !seen.includes(name))
}

/**
 * Throws `NET_WEAK_ALGORITHM` unless the whole handshake is protected: with ChaCha20-Poly1305 and encrypt-then-MAC that
 * needs strict key exchange of both sides (CVE-2023-48795).
 */
export function refuseTerrapin(negotiated: Negotiated, strict: boolean): void {
  if (strict) return
  const { cipherOut, cipherIn, macOut, macIn } = negotiated
  const open = [cipherOut, cipherIn].find((name) => name.startsWith('chacha20-'))
  const weak = open ?? [macOut, macIn].find((name) => name.includes('-etm@'))
  if (weak === undefined) return
  throw netError('NET_WEAK_ALGORITHM', {
    message: `the server chose ${weak} without strict key exchange, which ${weak} needs to protect the handshake; no option allows that: update the server`,
  })
}

const KEX: readonly string[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
]
const HOST_KEYS: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}
const CIPHERS: readonly string[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
]
const MACS: readonly string[] = [
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
]
