/*
 * Writes into a stream or function of the caller's, at the pace that it takes. What it throws passes as it is,
 * marked as the caller's; a stream that fails between two writes never ends the program.
 */

import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

import { isError } from '../errors/is-error.ts'
import { callerFault } from '../callbacks/caller-fault.ts'
import { netError } from '../errors/net-error.ts'
import { adopt, failureOf, isStandard } from './adopted-stream.ts'
import { lettingGo } from './let-go.ts'

/** Where chunks go, one at a time. */
export interface ChunkWriter {
  /** Resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>
  /** Everything has been written. */
  end(): Promise<void>
  /** Nothing more will be written. */
  abort(reason: unknown): Promise<void>
  /** Calls `heard` once if it fails by itself. Absent where only a write can fail. */
  onFailure?(heard: (error: unknown) => void): void
}

/** Writes into a Node stream; ends it at the end, except stdout and stderr, which are not ours to end. */
export class NodeWriter implements ChunkWriter {
  readonly #stream: Writable
  readonly #standard: boolean
  readonly #woken = (): void => this.#wake?.()
  #wake: (() => void) | undefined
  /** What the stream's event said: standard streams forget their failure before they tell it. */
  #failed: { readonly error: unknown } | undefined
  #aborted = false
  #heard: ((error: unknown) => void) | undefined

  /** Throws `NET_BAD_OPTION` for a stream that takes no more, and the error of one that has failed. */
  constructor(stream: Writable) {
    adopt(stream)
    const failed = failureOf(stream)
    if (failed !== undefined) throw callerFault(failed.error)
    if (!stream.writable) {
      throw netError('NET_BAD_OPTION', { message: 'the sink is a stream that has ended' })
    }
    this.#stream = stream
    this.#standard = isStandard(stream)
    stream.on('error', this.#onError)
    stream.on('close', this.#onClose)
    for (const event of WAKING) stream.on(event, this.#woken)
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#check()
    if (this.#give(() => this.#stream.write(chunk, this.#told))) return
    await this.#until(() => !this.#stream.writableNeedDrain)
    // A stream that failed or was destroyed asks for no drain either.
    this.#check()
  }

  async end(): Promise<void> {
    this.#check()
    let done = false
    if (this.#standard) {
      // Writes keep their order, so an empty one is called back when all before it are with the system.
      this.#stream.write(NOTHING, (error) => {
        done = true
        this.#told(error)
      })
      await this.#until(() => done)
      this.#check()
    } else {
      this.#give(() => void this.#stream.end())
      await this.#until(() => this.#stream.writableFinished)
      // A file tells only when it closes that it could not.
      await finished(this.#stream, { readable: false, cleanup: true }).catch(rethrow)
    }
    this.#release()
  }

  async abort(reason: unknown): Promise<void> {
    this.#aborted = true
    if (this.#standard) this.#releaseLater()
    else if (this.#stream.closed) this.#release()
    else {
      this.#stream.once('close', () => this.#release())
      this.#stream.destroy(isError(reason) ? reason : undefined)
    }
  }

  onFailure(heard: (error: unknown) => void): void {
    this.#heard = heard
  }

  readonly #onError = (error: unknown): void => {
    this.#failed ??= { error }
    this.#tell(this.#aborted ? error : callerFault(error))
    this.#wake?.()
  }

  readonly #onClose = (): void => {
    if (!this.#standard && !this.#stream.writableFinished) this.#tell(closedSink())
  }

  #tell(error: unknown): void {
    const heard = this.#heard
    this.#heard = undefined
    heard?.(error)
  }

  /** A write was called back; the stream may tell its failure here, in its event, or in both. */
  readonly #told = (error?: Error | null): void => {
    if (error != null) this.#onError(error)
    else this.#wake?.()
  }

  #give<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw callerFault(error)
    }
  }

  #check(): void {
    const failed = this.#failed ?? failureOf(this.#stream)
    if (failed !== undefined) throw this.#aborted ? failed.error : callerFault(failed.error)
    if (this.#stream.destroyed) throw closedSink()
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

  /** What we wrote may fail yet; the caller need not handle that. */
  #releaseLater(): void {
    const release = (): void => void setImmediate(() => this.#release())
    if (this.#stream.writable) this.#stream.write(NOTHING, release)
    else release()
  }

  #release(): void {
    this.#stream.off('error', this.#onError)
    this.#stream.off('close', this.#onClose)
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
    // Each write tells the failure; this promise would tell it again.
    this.#writer.closed.catch(() => {})
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk).catch(rethrow)
  }

  async end(): Promise<void> {
    await this.#writer.close().catch(rethrow)
  }

  onFailure(heard: (error: unknown) => void): void {
    this.#writer.closed.catch((error: unknown) => heard(callerFault(error)))
  }

  async abort(reason: unknown): Promise<void> {
    // A stream that has failed already refuses this; the write told its failure.
    await lettingGo(this.#writer.abort(reason)).catch(() => {})
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

const WAKING = ['drain', 'finish', 'close'] as const
const NOTHING: Uint8Array = new Uint8Array(0)
