/*
 * What callers may send, and how protocols read it: the same for every verb. A bare string is never a source,
 * because a file name looks like any other text.
 */

import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { isUint8Array } from 'node:util/types'

import { callerFault } from '../callbacks/caller-fault.ts'
import { netError } from '../errors/net-error.ts'
import { disown } from '../options/shape.ts'
import { shared } from '../shared.ts'
import { adopt, failureOf } from './adopted-stream.ts'
import { readingOfFile, type FileBytes } from './file-reader.ts'
import { isFileSource, isTextSource, type FileSource, type TextSource } from './file.ts'
import { StreamReader } from './stream-reader.ts'

/**
 * What can be sent: bytes, a Blob, a stream or iterable of bytes, a function that makes such an iterable, a file
 * (`fromFile`) or a text (`fromText`). Streams and iterables can be read only once; the others as often as needed. A
 * chunk may be used again once the next one is asked for; bytes must rest until the call has ended. A stream belongs to
 * the call from the moment it is given: when it fails, at any time, the call fails with its error, and nothing else
 * happens.
 */
export type Source =
  | Uint8Array
  | Blob
  | Readable
  | ReadableStream
  | AsyncIterable<Uint8Array>
  | (() => AsyncIterable<Uint8Array>)
  | FileSource
  | TextSource

/** The chunks of a source, one after the other. */
export interface SourceChunks extends AsyncIterable<Uint8Array> {
  /**
   * The next chunk, if it is there already; undefined if only the iteration can tell. What it gives may be sent together
   * with the chunk before it, whose owner leaves both to the reader.
   */
  ready?(): Uint8Array | undefined
}

/** A source made ready to be read once. */
export interface OpenSource extends AsyncDisposable {
  /** In bytes; undefined where only reading it will tell. */
  readonly size: number | undefined
  /** Whether the source can be opened again afterwards. */
  readonly replayable: boolean
  /**
   * The bytes, once. What the caller's own stream throws passes as it is. Ask for the next chunk only when the last one
   * has been copied or sent: its owner may use it again from then on.
   */
  chunks(): SourceChunks
  /**
   * In place of `chunks`, where the source is a file: resolves to a function that reads the next bytes to the beginning
   * of the memory, and to how many they are, 0 at the end. Absent for others.
   */
  reader?(): Promise<(memory: Uint8Array) => Promise<number>>
  /**
   * Lets go of the source: files are closed, a stream that was begun is destroyed, and no byte is read from it
   * afterwards. A stream that was not begun stays as it is, for another attempt. Disposing does the same.
   */
  close(): Promise<void>
}

/**
 * Throws `NET_BAD_OPTION` for a value that is not a source, `NET_BODY_CONSUMED` for a stream that has ended already, and the error
 * of one that has failed. To be called as soon as a verb is given a source: a stream that fails by itself from then on
 * fails when it is opened or read, and ends nothing else.
 */
export function checkSource(source: unknown): asserts source is Source {
  // Also of one that is refused: it was given to the call, and its event may be yet to come.
  adopt(source)
  kindOf(source)
}

/** Whether the source can be opened more than once, so that a call may be repeated. Throws like `checkSource`. */
export function isReplayable(source: Source): boolean {
  return kindOf(source) !== 'stream'
}

/**
 * Opens the source to be read once. Rejects with `NET_BAD_OPTION`, `NET_LOCAL_IO`, the error of a stream that has failed,
 * and with `NET_BODY_NOT_REPLAYABLE` if a stream was begun by an earlier opening.
 */
export async function openSource(source: Source): Promise<OpenSource> {
  return opened(source)
}

/**
 * As `openSource`, and a file is opened as well, which otherwise waits for the first read: for work that would leave
 * something empty behind, if it began with an input that cannot be read.
 */
export async function openSourceAtOnce(source: Source): Promise<OpenSource> {
  const made = await opened(source)
  try {
    await made.openFile()
    return made
  } catch (error) {
    await made.close()
    throw error
  }
}

async function opened(source: Source): Promise<Opened> {
  adopt(source)
  if (isBegun(source)) throw notReplayable()
  const kind = kindOf(source)
  return new Opened(kind !== 'stream', await openers[kind](source as never))
}

type Kind = 'bytes' | 'blob' | 'text' | 'file' | 'function' | 'stream'

interface Reading {
  readonly size?: number
  read(file?: Promise<FileBytes>): AsyncIterableIterator<Uint8Array> & SourceChunks
  readonly open?: () => Promise<FileBytes>
}

class Opened implements OpenSource {
  readonly size: number | undefined
  readonly replayable: boolean
  declare readonly reader?: () => Promise<(memory: Uint8Array) => Promise<number>>
  readonly #reading: Reading
  #iterator: (AsyncIterableIterator<Uint8Array> & SourceChunks) | undefined
  #file: Promise<FileBytes> | undefined
  #begun = false
  #closed = false

  constructor(replayable: boolean, reading: Reading) {
    this.size = reading.size
    this.replayable = replayable
    this.#reading = reading
    const { open } = reading
    if (open !== undefined) this.reader = () => this.#readFile(open)
  }

  /** Opens the file, where it is one. */
  async openFile(): Promise<void> {
    const { open } = this.#reading
    if (open !== undefined) await (this.#file ??= open())
  }

  chunks(): SourceChunks {
    this.#begin()
    this.#iterator = this.#reading.read(this.#file)
    return this.#iterator
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#iterator?.return?.()
    // One that could not be opened has told so.
    const file = await this.#file?.catch(() => undefined)
    await file?.close()
  }

  async #readFile(
    open: () => Promise<FileBytes>,
  ): Promise<(memory: Uint8Array) => Promise<number>> {
    this.#begin()
    const file = await (this.#file ??= open())
    return async (memory) => {
      // An end here would make what was read look complete.
      if (this.#closed) throw netError('NET_CLOSED', { message: 'the source was closed' })
      return file.readInto(memory)
    }
  }

  #begin(): void {
    if (this.#closed || this.#begun) {
      throw netError('NET_BODY_CONSUMED', {
        message: 'the chunks of an opened source can be read once',
      })
    }
    this.#begun = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function kindOf(source: unknown): Kind {
  if (isUint8Array(source)) return 'bytes'
  if (isTextSource(source)) return 'text'
  if (isFileSource(source)) return 'file'
  if (source instanceof Blob) return 'blob'
  if (typeof source === 'function') return 'function'
  if (isIterable(source)) {
    refuseEnded(source)
    return 'stream'
  }
  throw netError('NET_BAD_OPTION', { message: complaint(source) })
}

function complaint(source: unknown): string {
  if (typeof source === 'string') {
    return "a string is not a source: pass fromFile('report.csv') for a file, fromText('…') for a text"
  }
  return 'a source must be a Uint8Array, a Blob, a stream, an async iterable or a function that makes one, fromFile() or fromText()'
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function refuseEnded(stream: object): void {
  const failed = begun.has(stream) ? undefined : failureOf(stream)
  if (failed !== undefined) throw callerFault(failed.error)
  // An ended stream would pass for an empty one.
  const ended = Reflect.get(stream, 'readable') === false || Reflect.get(stream, 'locked') === true
  if (!ended || begun.has(stream)) return
  throw netError('NET_BODY_CONSUMED', {
    message: 'the source is a stream that has ended or that another reader holds',
  })
}

function isBegun(source: unknown): boolean {
  return typeof source === 'object' && source !== null && begun.has(source)
}

function notReplayable(): Error {
  return netError('NET_BODY_NOT_REPLAYABLE', {
    message:
      'the source is a stream that was read before; pass fromFile() or a function to make it repeatable',
  })
}

const openers: { readonly [K in Kind]: (source: never) => Reading | Promise<Reading> } = {
  bytes: (source: Uint8Array) => ({ size: source.length, read: () => single(source) }),
  text: (source: TextSource) => {
    const bytes = Buffer.from(source.text, 'utf8')
    return { size: bytes.length, read: () => single(bytes) }
  },
  blob: (source: Blob) => ({
    size: source.size,
    read: () => new StreamReader(() => source.stream()),
  }),
  file: readingOfFile,
  function: (source: () => AsyncIterable<Uint8Array>) => ({
    read: () => new StreamReader(() => made(source)),
  }),
  stream: (source: AsyncIterable<unknown>) => ({
    read: () => new StreamReader(() => begin(source)),
  }),
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  if (bytes.length > 0) yield bytes
}

function made(source: () => unknown): AsyncIterable<unknown> {
  const iterable = called(source)
  if (isIterable(iterable)) return iterable
  disown(iterable)
  throw netError('NET_BAD_OPTION', {
    message: 'a source that is a function must return an async iterable',
  })
}

function called(source: () => unknown): unknown {
  try {
    return source()
  } catch (error) {
    throw callerFault(error)
  }
}

function begin(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  if (begun.has(source)) throw notReplayable()
  begun.add(source)
  return source
}

// Shared by all copies of this package, so that none of them reads again what another one has begun.
const begun: WeakSet<object> = shared('begun-sources', () => new WeakSet())
