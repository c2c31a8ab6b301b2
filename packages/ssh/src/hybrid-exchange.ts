/*
 * The key exchange mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex), our half of it: nobody who records the
 * connection can read it later, not with a quantum computer either. No I/O; Node.js has ML-KEM since 24.7.
 */

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as nodeCrypto from 'node:crypto'

import { CurveExchange } from './curve-exchange.ts'

/** Our half of one key exchange. */
export class HybridExchange {
  /** What the server needs: the key for its half of each. */
  readonly publicKey: Buffer
  readonly #quantum: KeyObject
  readonly #curve = new CurveExchange()

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ml-kem-768' as 'x25519')
    this.#quantum = privateKey
    // What stands in front says which algorithm it is.
    const quantum = publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY)
    this.publicKey = Buffer.concat([quantum, this.#curve.publicKey])
  }

  /** The secret that both sides have then. Throws for an answer that cannot be one. */
  secretOf(answer: Uint8Array): Buffer {
    if (answer.length !== CIPHERTEXT + CURVE) throw new Error(`an answer of ${answer.length} bytes`)
    const [hidden, point] = [answer.subarray(0, CIPHERTEXT), answer.subarray(CIPHERTEXT)]
    return createHash('sha256')
      .update(decapsulate(this.#quantum, hidden))
      .update(this.#curve.secretOf(point))
      .digest()
  }
}

/** Node 22 does not have it, where none of this is offered. */
const { decapsulate } = nodeCrypto as unknown as {
  readonly decapsulate: (key: KeyObject, hidden: Uint8Array) => Buffer
}
const KEY = 1184
const CIPHERTEXT = 1088
const CURVE = 32
