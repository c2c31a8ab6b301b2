/*
 * Chunks on their way to a sink: while one write is under way the chunks behind it gather, and go as one. For a file,
 * where each write is a trip to another thread, they gather before it as well, for as long as more comes in each turn.
 * It must not know where they come from.
 */

import { MemoryRing } from './memory-ring.ts'

/** Where the chunks go, and what has to be known of it. */
export interface BatchTarget {
  /** Is called again only when it has resolved; from then on the chunks may be used again if `lends` says so. */
  write(chunks: readonly Uint8Array[]): Promise<void>
  /** Whether the memory of chunks may be used again after the write. */
  readonly lends: boolean
  /** So many bytes more are written. */
  written(bytes: number): void
  /** There is room again, after `add` has said that there is none. */
  room(): void
  /** A write has failed; nothing more will be written. */
  failed(error: unknown): void
}

/** Writes chunks in batches. */
export class BatchWriter {
  readonly #target: BatchTarget
  #ring: MemoryRing | undefined
  /** How many bytes it has taken in all. */
  #taken = 0
  #waiting: Uint8Array[] = []
  #size = 0
  /** How many of the bytes that wait are in memory of others. */
  #foreign = 0
  #writing: Promise<void> | undefined
  /** How many bytes are being written. */
  #inFlight = 0
  /** What waited when somebody began to wait for more. */
  #seen: number | undefined
  #isEnding = false
  #isFull = false
  #hasFailed = false

  constructor(target: BatchTarget) {
    this.#target = target
  }

  /**
   * Memory in which the next chunk need not be copied; undefined where the sink keeps what it is given, and at first: most
   * files are small, and cost less than the memory.
   */
  memory(): Uint8Array | undefined {
    if (!this.#target.lends || this.#taken < SMALL_FILE) return undefined
    this.#ring ??= new MemoryRing()
    return this.#ring.next()
  }

  /** Takes a chunk; it must not change until it is written. Returns whether there is room for more. */
  add(chunk: Uint8Array): boolean {
    if (this.#ring?.take(chunk) !== true) this.#foreign += chunk.length
    this.#waiting.push(chunk)
    this.#size += chunk.length
    this.#taken += chunk.length
    const isEnough = this.#isEnough(chunk)
    if (this.#writing === undefined) this.#consider()
    // Stays full until `room` is called: further chunks of the same read may still be added.
    this.#isFull ||= isEnough || !this.#hasRoom
    return !this.#isFull
  }

  /** Resolves when everything is written, or a write has failed, which the target hears of. */
  async end(): Promise<void> {
    this.#isEnding = true
    for (;;) {
      if (this.#writing === undefined && this.#waiting.length > 0) this.#begin()
      if (this.#writing === undefined) return
      await this.#writing
    }
  }

  get #hasRoom(): boolean {
    if (!this.#target.lends) return this.#size < AHEAD
    return this.#foreign < FILE_AHEAD && this.#ring?.hasRoom !== false
  }

  /**
   * Whether more is better read when the write under way is done. The chunk is of a road that holds what comes meanwhile,
   * and gives it in one large read; many small ones cost more than they bring forward.
   */
  #isEnough(chunk: Uint8Array): boolean {
    return this.#target.lends && this.#inFlight >= BATCH && chunk.length >= LARGE_READ
  }

  /** Writes what waits, if that is enough or nothing more is to be expected soon. */
  #consider(): void {
    if (!this.#target.lends || this.#size >= BATCH || this.#isEnding) this.#begin()
    else if (this.#seen === undefined) this.#await()
  }

  #await(): void {
    this.#seen = this.#size
    setImmediate(() => {
      const isQuiet = this.#seen === this.#size
      this.#seen = undefined
      if (this.#writing !== undefined || this.#waiting.length === 0) return
      if (isQuiet) this.#begin()
      else this.#await()
    })
  }

  #begin(): void {
    if (this.#hasFailed) return
    const chunks = this.#waiting
    const size = this.#size
    this.#waiting = []
    this.#size = 0
    this.#foreign = 0
    this.#inFlight = size
    this.#writing = this.#target.write(chunks).then(
      () => this.#done(chunks, size),
      (error: unknown) => this.#fail(error),
    )
  }

  #done(chunks: readonly Uint8Array[], size: number): void {
    this.#writing = undefined
    this.#inFlight = 0
    for (const chunk of chunks) this.#ring?.giveBack(chunk)
    this.#target.written(size)
    if (this.#waiting.length > 0) this.#consider()
    if (!this.#isFull || !this.#hasRoom) return
    this.#isFull = false
    this.#target.room()
  }

  #fail(error: unknown): void {
    this.#writing = undefined
    this.#inFlight = 0
    this.#hasFailed = true
    this.#waiting = []
    this.#target.failed(error)
  }
}

/** How much may wait, for a file and for others. */
const FILE_AHEAD = 1_048_576
const AHEAD = 262_144
/** A block of the ring, less what is not worth a read. */
const BATCH = 245_760
/** More than a record of TLS, which comes whether it is wanted or not. */
const LARGE_READ = 65_536
const SMALL_FILE = 65_536
