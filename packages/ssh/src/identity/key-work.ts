/*
 * What takes long when a key is decrypted. It runs in a thread of its own, which gets these functions as text: they must
 * use nothing but each other and their arguments.
 */

import type { createHash, createPrivateKey } from 'node:crypto'

/** What is to be done. */
export type KeyJob =
  /** The key for the cipher of a key in OpenSSH's format (bcrypt_pbkdf of OpenBSD). */
  | {
      readonly kind: 'bcrypt'
      readonly passphrase: string
      readonly salt: Uint8Array
      readonly rounds: number
      readonly length: number
    }
  /** A key in PEM, decrypted: as PKCS#8 in PEM. */
  | { readonly kind: 'pem'; readonly text: string; readonly passphrase: string }

/** What the work needs of Node. */
export interface KeyCrypto {
  readonly createHash: typeof createHash
  readonly createPrivateKey: typeof createPrivateKey
}

/** Does the job. Throws what OpenSSL throws. */
export function keyWork(job: KeyJob, crypto: KeyCrypto): Uint8Array | string {
  if (job.kind === 'bcrypt') return bcryptPbkdf(job, crypto)
  const { text: key, passphrase } = job
  const opened = crypto.createPrivateKey({ key, format: 'pem', passphrase })
  return String(opened.export({ type: 'pkcs8', format: 'pem' }))
}

/** The functions as the text of a script, which calls the last one and sends back what it gives. */
export function keyScript(): string {
  const all = [arctangentTerms, digitsOfPi, words, encipher, expand, bcryptHash, bcryptPbkdf].map(
    String,
  )
  return `
const { parentPort, workerData } = require('node:worker_threads')
const __name = (it) => it
${all.join('\n')}
try {
  parentPort.postMessage({ value: (${String(keyWork)})(workerData, require('node:crypto')) })
} catch (error) {
  if (error instanceof ReferenceError) throw error
  parentPort.postMessage({ message: error.message, code: error.code })
}
`
}

function bcryptPbkdf(
  { passphrase, salt, rounds, length }: Extract<KeyJob, { kind: 'bcrypt' }>,
  { createHash }: KeyCrypto,
): Uint8Array {
  // Blowfish begins with the digits of pi: 18 words, then four boxes of 256.
  const initial = digitsOfPi(18 + 4 * 256)
  const pass = words(createHash('sha512').update(passphrase, 'utf8').digest())
  const result = new Uint8Array(length)
  const blocks = Math.ceil(length / 32)
  for (let block = 0; block < blocks; block++) {
    let hashed: Uint8Array = createHash('sha512')
      .update(salt)
      .update(Uint8Array.of(0, 0, 0, block + 1))
      .digest()
    const sum = new Uint8Array(32)
    for (let round = 0; round < rounds; round++) {
      const out = bcryptHash(initial, pass, words(hashed))
      for (let at = 0; at < 32; at++) sum[at] = (sum[at] ?? 0) ^ (out[at] ?? 0)
      hashed = createHash('sha512').update(out).digest()
    }
    for (let at = 0; at * blocks + block < length && at < 32; at++) {
      result[at * blocks + block] = sum[at] ?? 0
    }
  }
  return result
}

function bcryptHash(initial: Int32Array, key: Int32Array, salt: Int32Array): Uint8Array {
  const state = initial.slice()
  expand(state, key, salt)
  for (let turn = 0; turn < 64; turn++) {
    expand(state, salt)
    expand(state, key)
  }
  const text = words(new TextEncoder().encode('OxychromaticBlowfishSwatDynamite'))
  for (let at = 0; at < text.length; at += 2) {
    for (let turn = 0; turn < 64; turn++) encipher(state, text, at)
  }
  const view = new DataView(new ArrayBuffer(32))
  text.forEach((word, at) => view.setInt32(at * 4, word, true))
  return new Uint8Array(view.buffer)
}

/** Mixes a key, and a salt if there is one, into the state. */
function expand(state: Int32Array, key: Int32Array, salt?: Int32Array): void {
  for (let at = 0; at < 18; at++) state[at] = (state[at] ?? 0) ^ (key[at % key.length] ?? 0)
  const pair = new Int32Array(2)
  for (let at = 0; at < state.length; at += 2) {
    if (salt !== undefined) {
      pair[0] = (pair[0] ?? 0) ^ (salt[at % salt.length] ?? 0)
      pair[1] = (pair[1] ?? 0) ^ (salt[(at + 1) % salt.length] ?? 0)
    }
    encipher(state, pair, 0)
    state[at] = pair[0] ?? 0
    state[at + 1] = pair[1] ?? 0
  }
}

/** Enciphers two words in place. */
function encipher(state: Int32Array, pair: Int32Array, at: number): void {
  let left = pair[at] ?? 0
  let right = pair[at + 1] ?? 0
  for (let round = 0; round < 16; round++) {
    left ^= state[round] ?? 0
    const sum = ((state[18 + (left >>> 24)] ?? 0) + (state[274 + ((left >>> 16) & 255)] ?? 0)) | 0
    right ^=
      ((sum ^ (state[530 + ((left >>> 8) & 255)] ?? 0)) + (state[786 + (left & 255)] ?? 0)) | 0
    const swapped = left
    left = right
    right = swapped
  }
  pair[at] = right ^ (state[17] ?? 0)
  pair[at + 1] = left ^ (state[16] ?? 0)
}

/** The bytes as words of 32 bits, the high byte first. */
function words(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Int32Array.from({ length: bytes.length / 4 }, (_, at) => view.getInt32(at * 4))
}

/** So many words of what stands behind the point of pi, by Machin's formula. */
function digitsOfPi(count: number): Int32Array {
  const bits = count * 32 + 64
  const arctangent = (inverse: bigint): bigint => {
    const terms = Math.ceil(bits / Math.log2(Number(inverse * inverse)))
    const { above, below, power } = arctangentTerms(-inverse * inverse, 0, terms)
    return (-inverse * above * (1n << BigInt(bits))) / (below * power)
  }
  const fraction = 16n * arctangent(5n) - 4n * arctangent(239n) - (3n << BigInt(bits))
  const hex = (fraction >> 64n).toString(16).padStart(count * 8, '0')
  return Int32Array.from({ length: count }, (_, at) =>
    Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16),
  )
}

/**
 * The terms 1 / ((2k + 1) * square ** (k - from + 1)) added up, for k from `from` to before `to`: above / (below * power).
 * Each half adds up by itself, so few operations have many digits.
 */
function arctangentTerms(square: bigint, from: number, to: number): Terms {
  if (to - from === 1) return { above: 1n, below: BigInt(2 * from + 1), power: square }
  const middle = Math.floor((from + to) / 2)
  const left = arctangentTerms(square, from, middle)
  const right = arctangentTerms(square, middle, to)
  return {
    above: left.above * right.below * right.power + right.above * left.below,
    below: left.below * right.below,
    power: left.power * right.power,
  }
}

/** A sum of terms as a fraction. */
interface Terms {
  readonly above: bigint
  readonly below: bigint
  readonly power: bigint
}
