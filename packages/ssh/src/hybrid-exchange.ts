/*
 * The key exchange mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex), our half of it: nobody who records the
 * connection can read it later, not with a quantum computer either. No I/O; Node.js has ML-KEM since 24.7.
 */

import {
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import * as nodeCrypto from 'node:crypto'

/** Our half of one key exchange. */
export class HybridExchange {
  readonly #quantum: KeyPair
  readonly #curve: KeyPair

  constructor() {
    this.#quantum = generateKeyPairSync('ml-kem-768' as 'x25519')
    this.#curve = generateKeyPairSync('x25519')
  }

  /** What the server needs: the key for its half of each. */
  get publicKey(): Buffer {
    const [quantum, curve] = [this.#quantum, this.#curve].map(({ publicKey }) =>
      publicKey.export({ type: 'spki', format: 'der' }),
    ) as [Buffer, Buffer]
    // What stands in front says which algorithm it is.
    return Buffer.concat([quantum.subarray(-KEY), curve.subarray(-CURVE)])
  }

  /** The secret that both sides have then. Throws for an answer that cannot be one. */
  secretOf(answer: Uint8Array): Buffer {
    if (answer.length !== CIPHERTEXT + CURVE) throw new Error(`an answer of ${answer.length} bytes`)
    const [hidden, point] = [answer.subarray(0, CIPHERTEXT), answer.subarray(CIPHERTEXT)]
    const publicKey = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(point).toString('base64url') },
    })
    return createHash('sha256')
      .update(decapsulate(this.#quantum.privateKey, hidden))
      .update(diffieHellman({ privateKey: this.#curve.privateKey, publicKey }))
      .digest()
  }
}

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** Node 22 does not have it, where none of this is offered. */
const { decapsulate } = nodeCrypto as unknown as {
  readonly decapsulate: (key: KeyObject, hidden: Uint8Array) => Buffer
}
const KEY = 1184
const CIPHERTEXT = 1088
const CURVE = 32
