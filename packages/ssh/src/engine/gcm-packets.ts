/*
 * Packets of AES-GCM (RFC 5647) taken out of what arrives: one call of the cipher and one piece of memory for each, however it
 * was split on its way. It must not know ssh2.
 */

import { createDecipheriv, type CipherGCMTypes, type KeyObject } from 'node:crypto'

import { countUp, letGo } from './gcm-memory.ts'

/** What opens the packets of one direction, from one key exchange to the next. */
export interface GcmKey {
  readonly cipher: CipherGCMTypes
  readonly key: KeyObject | Buffer
  /** Counted up with each packet. */
  readonly iv: Buffer
}

/** Gets packets. */
export interface GcmReceiver {
  /** Gets each payload; what it returns ends the reading, and is the result of it: false for where it stands. */
  take(payload: Buffer): unknown
  /** Asked before: whether nothing of this payload is used any more once `take` has returned. */
  copies(payload: Buffer): boolean
}

/** Takes packets apart. */
export class GcmPackets {
  readonly #key: GcmKey
  readonly #receiver: GcmReceiver
  /** Memory for a packet of which a part has come, made at the first one. */
  #part: Buffer = NOTHING
  #held = 0

  constructor(key: GcmKey, receiver: GcmReceiver) {
    this.#key = key
    this.#receiver = receiver
  }

  /** Reads the bytes from `at` to `end`, which may change afterwards. Throws for what was not sent by the server. */
  read(data: Buffer, from: number, end: number): unknown {
    for (let at = from; at < end;) {
      const packet = this.#held === 0 ? whole(data, at, end) : undefined
      const taken = packet?.length ?? this.#hold(data, at, end)
      at += taken
      const ready = packet ?? this.#complete()
      if (ready === undefined) continue
      const verdict = this.#give(this.#open(ready))
      if (verdict !== undefined) return verdict === false ? at : verdict
    }
    return undefined
  }

  #give(plain: Buffer): unknown {
    const padding = plain[0] ?? 0
    if (padding >= plain.length) throw new RangeError('the padding is longer than the packet')
    const payload = plain.subarray(1, plain.length - padding)
    const isLent = this.#receiver.copies(payload)
    const verdict = this.#receiver.take(payload)
    if (isLent) letGo(plain)
    return verdict
  }

  /** Keeps what belongs to the packet; returns how much that was. */
  #hold(data: Buffer, at: number, end: number): number {
    if (this.#part.length === 0) this.#part = Buffer.allocUnsafeSlow(LARGEST + MORE)
    const wanted = this.#held < HEAD ? HEAD : sizeOf(this.#part, 0)
    const size = Math.min(wanted - this.#held, end - at)
    data.copy(this.#part, this.#held, at, at + size)
    this.#held += size
    return size
  }

  /** The packet that was kept, once it is whole; its memory is used for the next. */
  #complete(): Buffer | undefined {
    if (this.#held < HEAD || this.#held < sizeOf(this.#part, 0)) return undefined
    const packet = this.#part.subarray(0, this.#held)
    this.#held = 0
    return packet
  }

  #open(packet: Buffer): Buffer {
    const { cipher, key, iv } = this.#key
    const decipher = createDecipheriv(cipher, key, iv)
    decipher.setAAD(packet.subarray(0, HEAD))
    decipher.setAuthTag(packet.subarray(packet.length - TAG))
    const plain = decipher.update(packet.subarray(HEAD, packet.length - TAG))
    decipher.final()
    countUp(iv)
    return plain
  }
}

/** The packet that begins there, if all of it has come. */
function whole(data: Buffer, at: number, end: number): Buffer | undefined {
  if (end - at < HEAD) return undefined
  const size = sizeOf(data, at)
  return end - at < size ? undefined : data.subarray(at, at + size)
}

/** The size of the packet that begins there, with its length and its tag. */
function sizeOf(data: Buffer, at: number): number {
  const length = data.readUInt32BE(at)
  if (length + HEAD + TAG > LARGEST || length < BLOCK || length % BLOCK !== 0) {
    throw new Error('Bad packet length')
  }
  return HEAD + length + TAG
}

const NOTHING: Buffer = Buffer.alloc(0)
const HEAD = 4
const TAG = 16
const BLOCK = 16
// As ssh2 has it, a little more than every implementation takes (RFC 4253, section 6.1).
const LARGEST = 35_000
const MORE = HEAD + TAG
