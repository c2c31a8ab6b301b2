/*
 * A Diffie-Hellman exchange in a group that the server chooses (RFC 4419), our half of it, without the primality test of
 * `createDiffieHellman`, which holds the process for seconds. No I/O.
 */

import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'

import { netError } from '@net/core/authoring'

import { mpint } from './identity/key-material.ts'

/** Our half of one exchange. */
export class GroupExchange {
  readonly #publicKey: KeyObject
  readonly #privateKey: KeyObject

  /** Throws `NET_WEAK_ALGORITHM` for a group that is too small, and for one that was not asked for. */
  constructor(prime: Uint8Array, generator: Uint8Array) {
    const bits = mpint(prime).length * 8
    if (bits < SMALLEST || bits > LARGEST + 8) {
      throw netError('NET_WEAK_ALGORITHM', {
        message: `the server chose a group of ${bits} bits; ${SMALLEST} to ${LARGEST} are allowed`,
      })
    }
    const options = { prime: Buffer.from(prime), generator: Number(hexOf(generator)) }
    // A type that the declarations of Node.js leave out.
    const pair = generateKeyPairSync('dh' as 'x25519', options as object)
    this.#publicKey = pair.publicKey
    this.#privateKey = pair.privateKey
  }

  get publicKey(): Buffer {
    const der = this.#publicKey.export({ type: 'spki', format: 'der' })
    return integerAt(der, bitString(der))
  }

  /** The secret that both sides have then, as a number of SSH. Throws for an answer that cannot be one. */
  secretOf(answer: Uint8Array): Buffer {
    const der = this.#publicKey.export({ type: 'spki', format: 'der' })
    const [, algorithm] = element(der, element(der, 0)[0])
    // The server's number in the place of ours.
    const number = tagged(INTEGER, mpint(answer))
    const body = Buffer.concat([
      der.subarray(element(der, 0)[0], algorithm),
      tagged(BIT_STRING, Buffer.concat([Buffer.of(0), number])),
    ])
    const publicKey = createPublicKey({ key: tagged(SEQUENCE, body), type: 'spki', format: 'der' })
    return mpint(diffieHellman({ privateKey: this.#privateKey, publicKey }))
  }
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

/** Where the content of an element of DER begins, and where it ends. */
function element(der: Buffer, at: number): readonly [number, number] {
  const first = der[at + 1] ?? 0
  if (first < 0x80) return [at + 2, at + 2 + first]
  const size = first & 0x7f
  const from = at + 2 + size
  return [from, from + der.readUIntBE(at + 2, size)]
}

/** Where the number in the bit string behind the algorithm begins. */
function bitString(der: Buffer): number {
  const [, algorithm] = element(der, element(der, 0)[0])
  return element(der, algorithm)[0] + 1
}

function integerAt(der: Buffer, at: number): Buffer {
  return der.subarray(...element(der, at))
}

function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const SMALLEST = 2048
const LARGEST = 8192
const SEQUENCE = 0x30
const INTEGER = 2
const BIT_STRING = 3
