/*
 * Chunks on their way to a sink: while one write is under way the chunks behind it gather, and go as one. It must not
 * know where they come from.
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
  readonly #ring: MemoryRing | undefined
  #waiting: Uint8Array[] = []
  #size = 0
  #writing: Promise<void> | undefined
  #isFull = false
  #hasFailed = false

  constructor(target: BatchTarget) {
    this.#target = target
    this.#ring = target.lends ? new MemoryRing() : undefined
  }

  /** Memory in which the next chunk need not be copied; undefined where the sink keeps what it is given. */
  memory(): Uint8Array | undefined {
    return this.#ring?.next()
  }

  /** Takes a chunk; it must not change until it is written. Returns whether there is room for more. */
  add(chunk: Uint8Array): boolean {
    this.#ring?.take(chunk)
    this.#waiting.push(chunk)
    this.#size += chunk.length
    if (this.#writing === undefined) this.#begin()
    this.#isFull = !this.#hasRoom
    return !this.#isFull
  }

  /** Resolves when everything is written, or a write has failed, which is told to the target. */
  async end(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  get #hasRoom(): boolean {
    return this.#size < ENOUGH && this.#ring?.hasRoom !== false
  }

  #begin(): void {
    if (this.#hasFailed) return
    const chunks = this.#waiting
    const size = this.#size
    this.#waiting = []
    this.#size = 0
    this.#writing = this.#target.write(chunks).then(
      () => this.#done(chunks, size),
      (error: unknown) => this.#fail(error),
    )
  }

  #done(chunks: readonly Uint8Array[], size: number): void {
    this.#writing = undefined
    for (const chunk of chunks) this.#ring?.giveBack(chunk)
    this.#target.written(size)
    if (this.#waiting.length > 0) this.#begin()
    if (!this.#isFull || !this.#hasRoom) return
    this.#isFull = false
    this.#target.room()
  }

  #fail(error: unknown): void {
    this.#writing = undefined
    this.#hasFailed = true
    this.#waiting = []
    this.#target.failed(error)
  }
}

const ENOUGH = 1_048_576
