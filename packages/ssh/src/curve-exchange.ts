/*
 * The key exchange curve25519-sha256 (RFC 8731), our half of it. Keys go in and out as JSON web keys: DER takes Node many times
 * as long, and a connection is hardly more than its key exchange. No I/O.
 */

import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** Our half of one exchange. */
export class CurveExchange {
  /** What the server needs. */
  readonly publicKey: Buffer
  readonly #privateKey: KeyObject

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    this.publicKey = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url')
    this.#privateKey = privateKey
  }

  /** The secret that both sides have then, in 32 bytes. Throws for an answer that cannot be one, as where it makes the secret zero. */
  secretOf(answer: Uint8Array): Buffer {
    if (answer.length !== LENGTH) throw new Error(`an answer of ${answer.length} bytes`)
    const x = Buffer.from(answer).toString('base64url')
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } })
    return diffieHellman({ privateKey: this.#privateKey, publicKey })
  }
}

const LENGTH = 32
