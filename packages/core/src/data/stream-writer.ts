/*
 * Writes into a stream or function of the caller's, at the pace that it takes. What it throws passes as it is,
 * marked as the caller's; a stream that fails while nobody writes never ends the program.
 */

import type { Writable } from 'node:stream'

import { callerFault } from '../caller-fault.ts'
import { netError } from '../errors/net-error.ts'

/** Where chunks go, one at a time. */
export interface ChunkWriter {
  /** Resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>
  /** Everything has been written. */
  end(): Promise<void>
  /** Nothing more will be written. */
  abort(reason: unknown): Promise<void>
}

/** Writes into a Node stream; ends it at the end, except stdout and stderr, which are not ours to end. */
export class NodeWriter implements ChunkWriter {
  readonly #stream: Writable
  readonly #standard: boolean
  readonly #woken = (): void => this.#wake?.()
  #wake: (() => void) | undefined
  #aborted = false

  /** Throws `NET_BAD_OPTION` for a stream that takes no more. */
  constructor(stream: Writable) {
    if (!stream.writable) {
      throw netError('NET_BAD_OPTION', { message: 'the sink is a stream that takes no more' })
    }
    this.#stream = stream
    this.#standard = stream === process.stdout || stream === process.stderr
    for (const event of WAKING) stream.on(event, this.#woken)
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#check()
    if (this.#stream.write(chunk)) return
    await this.#until(() => !this.#stream.writableNeedDrain)
    // A stream that failed or was destroyed asks for no drain either.
    this.#check()
  }

  async end(): Promise<void> {
    this.#check()
    if (!this.#standard) {
      this.#stream.end()
      await this.#until(() => this.#stream.writableFinished)
    } else if (this.#stream.writableLength > 0) {
      await this.#until(() => this.#stream.writableLength === 0)
    }
    this.#release()
  }

  async abort(reason: unknown): Promise<void> {
    this.#aborted = true
    if (this.#standard || this.#stream.closed) {
      this.#release()
      return
    }
    // Its 'error' stays ours until it has closed, so that nobody else need handle it.
    this.#stream.once('close', () => this.#release())
    this.#stream.destroy(reason instanceof Error ? reason : undefined)
  }

  #check(): void {
    const { errored, destroyed } = this.#stream
    if (errored !== null) throw this.#aborted ? errored : callerFault(errored)
    if (destroyed) throw closedSink()
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      this.#check()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#wake = undefined
  }

  #release(): void {
    for (const event of WAKING) this.#stream.off(event, this.#woken)
  }
}

/** Writes into a web stream, and closes it at the end. */
export class WebWriter implements ChunkWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>

  /** Throws `NET_BAD_OPTION` for a stream that another writer holds. */
  constructor(stream: WritableStream<Uint8Array>) {
    if (stream.locked) {
      throw netError('NET_BAD_OPTION', {
        message: 'the sink is a stream that another writer holds',
      })
    }
    this.#writer = stream.getWriter()
    // Each write tells the failure; this promise tells it again, to nobody.
    this.#writer.closed.catch(() => {})
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk).catch(rethrow)
  }

  async end(): Promise<void> {
    await this.#writer.close().catch(rethrow)
  }

  async abort(reason: unknown): Promise<void> {
    // A stream that has failed already refuses this; the write told its failure.
    await this.#writer.abort(reason).catch(() => {})
  }
}

/** Calls a function with each chunk, and waits for what it returns. */
export class FunctionWriter implements ChunkWriter {
  readonly #take: (chunk: Uint8Array) => void | Promise<void>

  constructor(take: (chunk: Uint8Array) => void | Promise<void>) {
    this.#take = take
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      await this.#take(chunk)
    } catch (error) {
      throw callerFault(error)
    }
  }

  async end(): Promise<void> {}

  async abort(): Promise<void> {}
}

function rethrow(error: unknown): never {
  throw callerFault(error)
}

function closedSink(): Error {
  return netError('NET_CLOSED', { message: 'the sink was closed before everything was written' })
}

// That we listen to 'error' also keeps a stream that fails while nobody writes from ending the program.
const WAKING = ['drain', 'finish', 'error', 'close'] as const
