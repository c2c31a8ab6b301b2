/*
 * Packets of AES-GCM (RFC 5647) for the other side: each is written into memory that is used again, encrypted, and handed on. It
 * must not know ssh2.
 */

import { createCipheriv, randomFillSync } from 'node:crypto'

import { countUp, letGo } from './gcm-memory.ts'
import type { GcmKey } from './gcm-packets.ts'

/** Encrypts packets. */
export class GcmSeal {
  readonly #key: GcmKey
  readonly #write: (bytes: Buffer) => void

  /** `write` gets a packet in pieces, each of which it must copy. */
  constructor(key: GcmKey, write: (bytes: Buffer) => void) {
    this.#key = key
    this.#write = write
  }

  /** A packet with length and padding for a payload of so many bytes, which goes behind the first five. To be sent before the next one is made. */
  packet(payload: number): Buffer {
    const least = LEAST_PADDING + 1 + payload
    const body = Math.ceil(least / BLOCK) * BLOCK
    const padding = body - 1 - payload
    const packet = memoryOf(HEAD + body)
    packet.writeUInt32BE(body)
    packet[HEAD] = padding
    pad(packet, HEAD + 1 + payload)
    return packet
  }

  /** Encrypts the packet and hands it on. */
  send(packet: Buffer): void {
    const { cipher, key, iv } = this.#key
    const sealing = createCipheriv(cipher, key, iv)
    const head = packet.subarray(0, HEAD)
    sealing.setAAD(head)
    this.#write(head)
    const sealed = sealing.update(packet.subarray(HEAD))
    sealing.final()
    this.#write(sealed)
    letGo(sealed)
    this.#write(sealing.getAuthTag())
    countUp(iv)
  }
}

/** A packet is made and encrypted in one turn, so that one piece of memory is enough for all connections. */
function memoryOf(size: number): Buffer {
  if (size > LARGEST) return Buffer.allocUnsafeSlow(size)
  shared ??= Buffer.allocUnsafeSlow(LARGEST)
  return shared.subarray(0, size)
}

/** Random bytes up to the end, out of a supply: each call of the generator costs as much as a small packet. */
function pad(packet: Buffer, from: number): void {
  const size = packet.length - from
  random ??= Buffer.allocUnsafeSlow(SUPPLY)
  if (used + size > SUPPLY) {
    randomFillSync(random)
    used = 0
  }
  random.copy(packet, from, used, used + size)
  used += size
}

let shared: Buffer | undefined
let random: Buffer | undefined
const SUPPLY = 4096
let used = SUPPLY
const HEAD = 4
const BLOCK = 16
/** RFC 4253, section 6. */
const LEAST_PADDING = 4
const LARGEST = 64 * 1024
