/* A sink that takes a part of a file: leaves out what it has already, hashes the rest, and counts. */

import type { Hash } from 'node:crypto'

import { sizeOf, type CommitOptions, type OpenSink } from '@net/core/authoring'

/** What happens to a part on its way into a sink. */
export interface ArrivingParts {
  /** How many bytes at the beginning of the part the sink has already. */
  readonly skip: number
  readonly hash: Hash | undefined
  /** So many bytes more have come; those that are left out are not counted. */
  arrived(bytes: number): void
}

/** The sink as the body sees it. */
export class ArrivingPart implements OpenSink {
  readonly #sink: OpenSink
  readonly #parts: ArrivingParts
  #skip: number

  constructor(sink: OpenSink, parts: ArrivingParts) {
    this.#sink = sink
    this.#parts = parts
    this.#skip = parts.skip
  }

  get position(): number {
    return this.#sink.position
  }

  get keepsChunks(): boolean {
    return this.#sink.keepsChunks
  }

  onFailure(heard: (error: unknown) => void): void {
    this.#sink.onFailure(heard)
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.writeAll([chunk])
  }

  async writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    const rest = this.#skip === 0 ? chunks : this.#without(chunks)
    if (rest.length === 0) return
    for (const chunk of rest) this.#parts.hash?.update(chunk)
    await this.#sink.writeAll(rest)
    this.#parts.arrived(sizeOf(rest))
  }

  commit(options?: CommitOptions): Promise<void> {
    return this.#sink.commit(options)
  }

  abort(reason?: unknown): Promise<void> {
    return this.#sink.abort(reason)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink[Symbol.asyncDispose]()
  }

  #without(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    const rest: Uint8Array[] = []
    for (const chunk of chunks) {
      const skipped = Math.min(this.#skip, chunk.length)
      this.#skip -= skipped
      if (skipped < chunk.length) rest.push(chunk.subarray(skipped))
    }
    return rest
  }
}
