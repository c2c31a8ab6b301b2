/* An output of a command that goes to a sink of the caller's while the command runs, as fast as the sink takes it. */

import { isNetError, type Sink } from '@net/core'
import {
  BatchWriter,
  callerFault,
  openSink,
  type BatchTarget,
  type OpenSink,
} from '@net/core/authoring'

/** What an output in a sink tells its command. */
export interface OutputSinkEar {
  /** There is room again. */
  room(): void
  /** The sink failed; nothing more goes to it. */
  failed(error: unknown): void
}

/** A sink that is open. */
export class OutputSink implements BatchTarget {
  readonly lends: boolean
  readonly #sink: OpenSink
  readonly #writer: BatchWriter
  #ear: OutputSinkEar = { room() {}, failed() {} }
  #failure: { readonly error: unknown } | undefined

  private constructor(sink: OpenSink) {
    this.#sink = sink
    this.lends = !sink.keepsChunks
    this.#writer = new BatchWriter(this)
    sink.onFailure((error) => this.failed(error))
  }

  /** Opens the sink. Rejects as `openSink`. */
  static async open(sink: Sink): Promise<OutputSink> {
    return new OutputSink(await openSink(sink))
  }

  /** Who is told; at once, if it has failed already. */
  listen(ear: OutputSinkEar): void {
    this.#ear = ear
    if (this.#failure !== undefined) ear.failed(this.#failure.error)
  }

  /** Returns whether there is room for more. */
  take(chunk: Uint8Array): boolean {
    return this.#failure !== undefined || this.#writer.add(chunk)
  }

  /** Everything was given: resolves when it is written. Rejects with what the sink failed with. */
  async drained(): Promise<void> {
    await this.#writer.end()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** It is the whole: a file gets its name. Only once it is drained. */
  async commit(): Promise<void> {
    await this.#sink.commit()
  }

  /** What was written is not the whole. */
  abort(reason: unknown): Promise<void> {
    return this.#sink.abort(reason)
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#sink.writeAll(chunks)
  }

  written(): void {}

  room(): void {
    this.#ear.room()
  }

  failed(error: unknown): void {
    // What the caller's own sink throws is the caller's.
    this.#failure ??= { error: isNetError(error) ? error : callerFault(error) }
    this.#ear.failed(this.#failure.error)
  }
}
