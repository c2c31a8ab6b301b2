/* What becomes of the bytes of a download before the sink has them: a hash, other line ends, a rate. */

import type { Hash } from 'node:crypto'

import type { OpenSink, Operation } from '@net/core/authoring'

import { FromWire } from './line-ends.ts'
import { Pace } from './pace.ts'

/** What is done to the bytes. */
export interface ArrivalPlan {
  readonly ascii?: boolean | undefined
  readonly rate?: number | undefined
  /** Gets every byte as it came. */
  readonly digest?: Hash | undefined
}

/** The way into a sink. */
export class Arrival {
  readonly #sink: OpenSink
  readonly #ends: FromWire | undefined
  readonly #pace: Pace | undefined
  readonly #digest: Hash | undefined

  constructor(op: Operation, sink: OpenSink, { ascii = false, rate, digest }: ArrivalPlan) {
    this.#sink = sink
    this.#ends = ascii ? new FromWire() : undefined
    this.#pace = rate === undefined || rate === Infinity ? undefined : new Pace(op, rate)
    this.#digest = digest
  }

  /** Resolves when more may come. */
  write(chunks: readonly Uint8Array[]): Promise<void> {
    const isPlain = this.#ends === undefined && this.#pace === undefined
    if (isPlain && this.#digest === undefined) return this.#sink.writeAll(chunks)
    return this.#writeEach(chunks)
  }

  /** What is still held back. */
  async end(): Promise<void> {
    if (this.#ends !== undefined) await this.#sink.writeAll([this.#ends.end()])
  }

  async #writeEach(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      this.#digest?.update(chunk)
      await this.#sink.writeAll([this.#ends?.convert(chunk) ?? chunk])
      await this.#pace?.moved(chunk.length)
    }
  }
}
