/*
 * Bytes that are collected to be taken as one, where their number is not known before. What is long goes as it comes into memory
 * that has room for all: joined only at its end, it would be held twice and copied once more. Knows no I/O.
 */

import { ByteQueue } from './byte-queue.ts'

/** A place for bytes that come in chunks. */
export class ByteStore {
  /** How much room is made for what is long. */
  readonly #room: number
  /** All there is, while that is little. */
  readonly #little = new ByteQueue()
  #memory: Uint8Array | undefined
  #length = 0

  /** So many bytes are expected at most; more are kept as well. */
  constructor(most: number) {
    this.#room = Math.min(most + ONE_MORE, LARGEST_ROOM)
  }

  /** How many bytes it holds. */
  get length(): number {
    return this.#length
  }

  /** Whether the next chunk is copied, and may change afterwards. */
  get copies(): boolean {
    return this.#memory !== undefined
  }

  /** Adds at the end. The chunk must not change afterwards, unless `copies` was true before. */
  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.length
    const isLittle = length <= Math.max(LITTLE, this.#room / SHARE)
    if (this.#memory === undefined && isLittle) this.#little.push(chunk)
    else this.#memoryFor(length).set(chunk, this.#length)
    this.#length = length
  }

  /** All of it as one, which must not be changed; nothing may follow. */
  whole(): Uint8Array {
    const memory = this.#memory
    if (memory === undefined) return this.#little.peek(Infinity)
    const whole = memory.subarray(0, this.#length)
    // Whoever sends it to a thread sends all of its memory along.
    return whole.length * 3 < memory.length ? whole.slice() : whole
  }

  #memoryFor(length: number): Uint8Array {
    if (this.#memory !== undefined && length <= this.#memory.length) return this.#memory
    const memory = setAside(length > this.#room ? length * 2 : this.#room, length)
    if (this.#memory !== undefined) memory.set(this.#memory)
    for (let at = 0; this.#little.length > 0;) {
      const chunk = this.#little.next()
      memory.set(chunk, at)
      at += chunk.length
    }
    this.#memory = memory
    return memory
  }
}

/** Systems give what is set aside only as it is filled, so that room for much costs little; some promise no more than they have. */
function setAside(size: number, least: number): Uint8Array {
  try {
    return new Uint8Array(size)
  } catch {
    return new Uint8Array(Math.min(size, least * 2))
  }
}

const LITTLE = 8 * 1024 * 1024
/** What has not filled such a share of its room may be near its end. */
const SHARE = 64
/** The chunk that is too much. */
const ONE_MORE = 64 * 1024
const LARGEST_ROOM = 4 * 1024 ** 3
