/* The messages of an agent (draft-ietf-sshm-ssh-agent), written and read. No I/O. */

import { fields, FieldReader, uint32 } from './wire.ts'

/** A key that an agent has. */
export interface AgentKey {
  /** The key, or a certificate, in wire format. */
  readonly blob: Uint8Array
  readonly comment: string
}

/** Asks for all keys. */
export const listRequest: Uint8Array = Buffer.of(11)

/** Asks for a signature; the flags choose the hash of an RSA key. */
export function signRequest(blob: Uint8Array, data: Uint8Array, algorithm: string): Buffer {
  const flags = RSA_FLAGS.find(([name]) => algorithm.startsWith(name))?.[1] ?? 0
  return Buffer.concat([Buffer.of(13), fields(blob, data), uint32(flags)])
}

/** The keys of an answer; undefined if the agent refused. Throws a RangeError for what cannot be read. */
export function readKeys(answer: Uint8Array): readonly AgentKey[] | undefined {
  const reader = new FieldReader(answer)
  if (reader.bytes(1)[0] !== KEYS) return undefined
  const count = reader.number()
  if (count > MOST_KEYS) throw new RangeError('too many keys')
  return Array.from({ length: count }, () => ({
    blob: Uint8Array.from(reader.field()),
    comment: reader.field().toString('utf8'),
  }))
}

/** The signature of an answer; undefined if the agent refused. Throws a RangeError for what cannot be read. */
export function readAgentSignature(answer: Uint8Array): Uint8Array | undefined {
  const reader = new FieldReader(answer)
  return reader.bytes(1)[0] === SIGNATURE ? Uint8Array.from(reader.field()) : undefined
}

const KEYS = 12
const SIGNATURE = 14
const MOST_KEYS = 2048
const RSA_FLAGS = [
  ['rsa-sha2-256', 2],
  ['rsa-sha2-512', 4],
] as const
