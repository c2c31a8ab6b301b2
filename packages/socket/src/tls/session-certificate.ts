/*
 * The certificate of the server from which a TLS session came: OpenSSL writes it into the session, and Node does not give it out
 * again when the session is resumed.
 */

import type { X509Certificate } from 'node:crypto'

import { nodeCrypto } from './node-tls.ts'

/**
 * The certificate in a session as Node gives it (OpenSSL's SSL_SESSION in DER, in newer Nodes behind the name of the
 * server); undefined if there is none.
 */
export function sessionCertificate(session: Uint8Array): X509Certificate | undefined {
  const bytes = withoutName(Buffer.from(session.buffer, session.byteOffset, session.length))
  const whole = valueAt(bytes, 0)
  if (whole?.tag !== SEQUENCE) return undefined
  for (let at = whole.begin; at < whole.end;) {
    const value = valueAt(bytes, at)
    if (value === undefined) return undefined
    if (value.tag === PEER) return readCertificate(bytes.subarray(value.begin, value.end))
    at = value.end
  }
  return undefined
}

/** Without what Node writes in front of it, by which it resumes a session under no other name. */
function withoutName(session: Buffer): Buffer {
  if (!session.subarray(0, NAMED.length).equals(NAMED)) return session
  const head = NAMED.length + 2
  return session.length < head
    ? session.subarray(session.length)
    : session.subarray(head + session.readUInt16BE(NAMED.length))
}

interface Value {
  readonly tag: number
  readonly begin: number
  readonly end: number
}

/** Where the value that begins here has its content; undefined if it is cut off. */
function valueAt(bytes: Buffer, at: number): Value | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return undefined
  const width = first < 0x80 ? 0 : first & 0x7f
  const begin = at + 2 + width
  if (width > 4 || begin > bytes.length) return undefined
  const length = width === 0 ? first : bytes.readUIntBE(at + 2, width)
  return begin + length > bytes.length ? undefined : { tag, begin, end: begin + length }
}

function readCertificate(der: Buffer): X509Certificate | undefined {
  try {
    return new (nodeCrypto().X509Certificate)(der)
  } catch {
    return undefined
  }
}

const NAMED: Buffer = Buffer.from('\0nodejs:tls:session:1\0', 'latin1')
const SEQUENCE = 0x30
/** [3] */
const PEER = 0xa3
