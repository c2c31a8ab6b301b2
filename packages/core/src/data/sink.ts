/*
 * Where callers may want data, and how protocols write it there: the same for every verb. What is committed is
 * whole; what is not stays away from the file's own name.
 */

import type { Writable } from 'node:stream'

import { netError } from '../errors/net-error.ts'
import { own } from '../options/own.ts'
import { adopt } from './adopted-stream.ts'
import { isFileSink, type FileSink } from './file.ts'
import { PartFile, type SinkVersion } from './part-file.ts'
import { FunctionWriter, NodeWriter, WebWriter, type ChunkWriter } from './stream-writer.ts'

/**
 * Where data can go: a stream, a function that takes each chunk, or a file (`toFile`). A chunk belongs to the sink once
 * it was written; the ArrayBuffer behind it does not. A stream belongs to the call from the moment it is given: when it
 * fails, at any time, the call fails with its error, and nothing else happens.
 */
export type Sink =
  | Writable
  | WritableStream<Uint8Array>
  | FileSink
  | ((chunk: Uint8Array) => void | Promise<void>)

/** How a sink is opened. */
export interface OpenSinkOptions {
  /** Goes on where an earlier call left `path.part` (see `keepPart`). Default false. */
  readonly resume?: boolean | undefined
  /** Leaves out chunks of zeros where the sink is a file, which most file systems keep as holes. Default false. */
  readonly sparse?: boolean | undefined
  /**
   * Of which version of which file the bytes are, which a part that is kept remembers beside it. A part of another version, and one of
   * which it is not known, is begun anew, but for one that is longer than the whole: `position` says so. Default: not known, and not asked.
   */
  readonly version?: SinkVersion | undefined
}

/** What is known about the whole when it is there. */
export interface CommitOptions {
  /** How many bytes the sink must have in all. */
  readonly size?: number | undefined
}

/** A sink while it is written. Disposing aborts it unless it was committed, and never rejects. */
export interface OpenSink extends AsyncDisposable {
  /** How many bytes it has, with those that it was resumed with. */
  readonly position: number
  /** Whether it keeps the chunks it is given; a file does not: their memory may be used again after the write. */
  readonly keepsChunks: boolean
  /** Calls `heard` once if the sink fails by itself, also between two writes. */
  onFailure(heard: (error: unknown) => void): void
  /** Resolves when there is room for more; one at a time, else `NET_BUSY`. */
  write(chunk: Uint8Array): Promise<void>
  /** Writes several chunks as one; otherwise as `write`. */
  writeAll(chunks: readonly Uint8Array[]): Promise<void>
  /**
   * All has been written: streams are ended, a file gets its name. With `size`, rejects with `NET_SIZE_MISMATCH` if
   * the sink has another number of bytes, and aborts.
   */
  commit(options?: CommitOptions): Promise<void>
  /**
   * Gives up: a pending write or commit rejects with the reason, streams are destroyed with it, `path.part` is closed and
   * removed, or kept if the sink says so. After a commit it does nothing, and after an abort it waits for that one.
   */
  abort(reason?: unknown): Promise<void>
}

/**
 * Throws `NET_BAD_OPTION` for a value that is not a sink. To be called as soon as a verb is given one: a stream that fails by itself
 * from then on fails when it is opened, and ends nothing else.
 */
export function checkSink(sink: unknown): asserts sink is Sink {
  adopt(sink)
  kindOf(sink)
}

/** Opens the sink. Rejects with the error of a stream that has failed, with `NET_BAD_OPTION`, `NET_LOCAL_IO`, and `NET_BUSY` for a file that another call writes. */
export async function openSink(sink: Sink, options?: OpenSinkOptions): Promise<OpenSink> {
  const kind = kindOf(sink)
  if (kind !== 'file') return new Opened(new Counted(openers[kind](sink as never)))
  const resume = own(options, 'resume') === true
  const [sparse, version] = [own(options, 'sparse'), own(options, 'version')]
  return new Opened(await PartFile.open(sink as FileSink, resume, { sparse, version }))
}

interface Target {
  readonly position: number
  writeAll(chunks: readonly Uint8Array[]): Promise<void>
  commit(): Promise<void>
  abort(reason: unknown): Promise<void>
  /** Absent where only a write can fail. */
  onFailure?(heard: (error: unknown) => void): void
}

class Opened implements OpenSink {
  readonly #target: Target
  #giveUp: ((reason: unknown) => void) | undefined
  #aborting: Promise<void> | undefined
  #ended = false

  constructor(target: Target) {
    this.#target = target
  }

  get position(): number {
    return this.#target.position
  }

  get keepsChunks(): boolean {
    return !(this.#target instanceof PartFile)
  }

  onFailure(heard: (error: unknown) => void): void {
    this.#target.onFailure?.((error) => {
      if (!this.#ended) heard(error)
    })
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.writeAll([chunk])
  }

  async writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    this.#checkFree()
    await this.#unlessGivenUp(this.#target.writeAll(chunks))
  }

  async commit(options?: CommitOptions): Promise<void> {
    this.#checkFree()
    const expected = own(options, 'size')
    const received = this.#target.position
    if (expected !== undefined && expected !== received) {
      const error = netError('NET_SIZE_MISMATCH', {
        message: `${received} bytes were written where ${expected} were expected`,
        received,
        expected,
      })
      await this.abort(error)
      throw error
    }
    try {
      await this.#unlessGivenUp(this.#target.commit())
    } finally {
      this.#ended = true
    }
  }

  async abort(reason?: unknown): Promise<void> {
    // Who asks once more waits for the same: only then the file is closed and its part gone.
    if (this.#ended) return this.#aborting
    this.#ended = true
    const given = reason ?? netError('NET_ABORTED', { message: 'the sink was given up' })
    this.#giveUp?.(given)
    this.#aborting = this.#target.abort(given)
    return this.#aborting
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The code that disposes has an error already or wants none; the file is closed in any case.
    await this.abort().catch(() => {})
  }

  async #unlessGivenUp(work: Promise<void>): Promise<void> {
    const givenUp = new Promise<never>((_, reject) => {
      this.#giveUp = reject
    })
    try {
      await Promise.race([work, givenUp])
    } finally {
      this.#giveUp = undefined
    }
  }

  #checkFree(): void {
    if (this.#ended) throw netError('NET_CLOSED', { message: 'the sink is committed or aborted' })
    if (this.#giveUp !== undefined) {
      throw netError('NET_BUSY', { message: 'a write to the sink is under way' })
    }
  }
}

/** Counts what goes into a writer. */
class Counted implements Target {
  position = 0
  #isOver = false
  readonly #writer: ChunkWriter

  constructor(writer: ChunkWriter) {
    this.#writer = writer
  }

  async writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      // Nothing is written once it was given up.
      if (this.#isOver) return
      await this.#writer.write(chunk)
      this.position += chunk.length
    }
  }

  commit(): Promise<void> {
    return this.#writer.end()
  }

  onFailure(heard: (error: unknown) => void): void {
    this.#writer.onFailure?.(heard)
  }

  abort(reason: unknown): Promise<void> {
    this.#isOver = true
    return this.#writer.abort(reason)
  }
}

type Kind = 'file' | 'web' | 'function' | 'node'

function kindOf(sink: unknown): Kind {
  if (isFileSink(sink)) return 'file'
  if (sink instanceof WritableStream) return 'web'
  if (typeof sink === 'function') return 'function'
  if (isNodeWritable(sink)) return 'node'
  const what =
    typeof sink === 'string' ? "a string is not a sink: pass toFile('copy.csv')" : BAD_SINK
  throw netError('NET_BAD_OPTION', { message: what })
}

function isNodeWritable(value: unknown): value is Writable {
  return (
    typeof value === 'object' &&
    value !== null &&
    'write' in value &&
    'end' in value &&
    'on' in value &&
    'destroy' in value
  )
}

const openers: { readonly [K in Exclude<Kind, 'file'>]: (sink: never) => ChunkWriter } = {
  web: (sink: WritableStream<Uint8Array>) => new WebWriter(sink),
  function: (sink: (chunk: Uint8Array) => void | Promise<void>) => new FunctionWriter(sink),
  node: (sink: Writable) => new NodeWriter(sink),
}

const BAD_SINK = 'a sink must be a stream, a function that takes chunks, or toFile()'
