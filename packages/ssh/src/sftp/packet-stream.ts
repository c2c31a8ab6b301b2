/*
 * Cuts what a channel brings into the packets of SFTP. All of it is copied out of the channel's memory; the bytes of files into
 * that of who has asked for them. It must not know what the packets mean.
 */

import { netError } from '@net/core/authoring'

import { PACKET } from './packets.ts'

/** What hears packets. */
export interface PacketEar {
  /** A whole packet: its type, the number behind it, which is the id or the version, and what follows in pieces. */
  packet(type: number, id: number, body: readonly Buffer[]): void
  /** So many bytes of the answer with data to that request have come. */
  part(id: number, length: number): void
  /** Memory for the rest of the answer with data to that request, of so many bytes; undefined where there is none. */
  memory?(id: number, length: number): Buffer | undefined
}

/** One direction of a channel. */
export class PacketStream {
  readonly #ear: PacketEar
  readonly #head = Buffer.alloc(HEAD)
  #headLength = 0
  #type = 0
  #id = 0
  #pieces: Buffer[] = []
  #memory: Buffer | undefined
  #left = 0

  constructor(ear: PacketEar) {
    this.#ear = ear
  }

  /** Whether a packet has begun and is not complete. */
  get isWithin(): boolean {
    return this.#headLength > 0 || this.#left > 0
  }

  /** The next bytes, which may change afterwards. Throws `NET_PROTO_MALFORMED` for what begins no packet; nothing is set aside by the length that a peer names. */
  feed(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      at += this.#left === 0 ? this.#feedHead(chunk, at) : this.#feedBody(chunk, at)
    }
  }

  #feedHead(chunk: Buffer, at: number): number {
    if (this.#headLength === 0 && chunk.length - at >= HEAD) {
      this.#begin(chunk, at)
      return HEAD
    }
    const taken = chunk.copy(this.#head, this.#headLength, at, at + HEAD - this.#headLength)
    this.#headLength += taken
    if (this.#headLength === HEAD) this.#begin(this.#head, 0)
    return taken
  }

  #begin(head: Buffer, at: number): void {
    this.#headLength = 0
    const length = head.readUInt32BE(at)
    if (length < LEAST || length > MOST) throw badLength(length)
    this.#type = head.readUInt8(at + 4)
    this.#id = head.readUInt32BE(at + 5)
    this.#left = length - LEAST
    if (this.#left === 0) this.#complete()
    else if (this.#type === PACKET.DATA) this.#memory = this.#ear.memory?.(this.#id, this.#left)
  }

  #feedBody(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#left, chunk.length - at)
    const piece = chunk.subarray(at, at + taken)
    if (this.#memory === undefined) this.#pieces.push(Buffer.from(piece))
    else this.#memory.set(piece, this.#memory.length - this.#left)
    this.#left -= taken
    if (this.#type === PACKET.DATA) this.#ear.part(this.#id, taken)
    if (this.#left === 0) this.#complete()
    return taken
  }

  #complete(): void {
    const pieces = this.#memory === undefined ? this.#pieces : [this.#memory]
    this.#pieces = []
    this.#memory = undefined
    this.#ear.packet(this.#type, this.#id, pieces)
  }
}

function badLength(length: number): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: `a packet of SFTP cannot have ${length} bytes`,
  })
}

/** Length, type and id. */
const HEAD = 9
/** Type and id. */
const LEAST = 5
/** OpenSSH has 256 KiB; others answer a listing with more. */
const MOST = 4 * 1024 * 1024
