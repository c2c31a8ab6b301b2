/*
 * How callers name what they send and where they want it: files by path and text, as plain frozen values with a
 * brand, so that a bare string never has to be guessed at. Opens nothing.
 */

import { fileURLToPath } from 'node:url'

import { netError } from '../errors/net-error.ts'
import { inCall, optionsDoor } from '../options/door.ts'
import { argument, shape } from '../options/shape.ts'
import { flag, text as aText } from '../options/values.ts'

/** A file to read from, or a part of it. */
export interface FileSource {
  readonly kind: 'file-source'
  readonly path: string
  /** The first byte. */
  readonly start: number
  /** The byte after the last; absent for the end of the file. */
  readonly end?: number
}

/** Text to send as UTF-8. */
export interface TextSource {
  readonly kind: 'text-source'
  readonly text: string
}

/** A file to write to. */
export interface FileSink {
  readonly kind: 'file-sink'
  readonly path: string
  readonly inPlace: boolean
  readonly keepPart: boolean
  readonly mode?: number
}

/** A part of a file, in bytes. */
export interface FromFileOptions {
  /** Default 0. */
  readonly start?: number | undefined
  /** The byte after the last, as in `slice()`. Default the end of the file. */
  readonly end?: number | undefined
}

/** How a file is written. */
export interface ToFileOptions {
  /** Writes into the file itself, whatever is in it already, and leaves a broken one if the transfer fails. Default false. */
  readonly inPlace?: boolean | undefined
  /** Keeps `path.part` after a failure, so that a later call can resume. Default false: it is removed. */
  readonly keepPart?: boolean | undefined
  /** Permissions of the file, without the bits of the umask. Default those of the file it replaces, or else 0o666. */
  readonly mode?: number | undefined
}

/**
 * A file as a source. It is opened when the transfer begins, as often as the transfer needs. A file that changes its size
 * while it is read is an error; of one that grows, such as a log, send a part with an `end`. Files without a size, such
 * as those of /proc, are read to their end. Pipes, sockets and devices are refused when the transfer begins: pass a
 * stream. Throws `NET_BAD_OPTION`.
 */
export function fromFile(path: string | URL, options?: FromFileOptions): FileSource {
  const { start = 0, end } = fromFileOptions(options)
  return inCall({ call: 'fromFile' }, () => {
    if (end !== undefined && end < start) {
      throw netError('NET_BAD_OPTION', { message: 'end must not be before start' })
    }
    const range = end === undefined ? { start } : { start, end }
    return branded({ kind: 'file-source', path: checkedPath(path), ...range })
  })
}

/** Text as a source, sent as UTF-8. Throws `NET_BAD_OPTION`. */
export function fromText(text: string): TextSource {
  inCall({ call: 'fromText' }, () => argument('the text', aText, text))
  return branded({ kind: 'text-source', text })
}

/**
 * A file as a sink: what arrives goes to `path.part`, which takes the file's name once it is whole; until then an
 * existing file stays as it was. The new file has the permissions of the old one, and its owner and group where this
 * process may give them. A link at `path` stays: the file it leads to is replaced. Other names of that file (hard links)
 * keep the old content; `inPlace` writes to all of them. A character device is written to; a pipe, a socket, a disk and
 * a folder are refused when the transfer begins. Nothing is forced to the disk (fsync). Throws `NET_BAD_OPTION`.
 */
export function toFile(path: string | URL, options?: ToFileOptions): FileSink {
  const { inPlace = false, keepPart = false, mode } = toFileOptions(options)
  return inCall({ call: 'toFile' }, () => {
    if (inPlace && keepPart) {
      throw netError('NET_BAD_OPTION', {
        message: 'keepPart does not go with inPlace, which writes no part file',
      })
    }
    const permissions = mode === undefined ? {} : { mode }
    return branded({
      kind: 'file-sink',
      path: checkedPath(path),
      inPlace,
      keepPart,
      ...permissions,
    })
  })
}

/** Whether the value was made by `fromFile`, of whichever installed copy. */
export function isFileSource(value: unknown): value is FileSource {
  return kindOf(value) === 'file-source'
}

/** Whether the value was made by `fromText`, of whichever installed copy. */
export function isTextSource(value: unknown): value is TextSource {
  return kindOf(value) === 'text-source'
}

/** Whether the value was made by `toFile`, of whichever installed copy. */
export function isFileSink(value: unknown): value is FileSink {
  return kindOf(value) === 'file-sink'
}

function branded<T extends FileSource | TextSource | FileSink>(value: T): T {
  return Object.freeze(Object.defineProperty(value, BRAND, { value: true }))
}

function kindOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BRAND)) return undefined
  return Reflect.get(value, 'kind')
}

function checkedPath(path: string | URL): string {
  const text = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path
  if (typeof text === 'string' && text !== '' && !text.includes('\0')) return text
  throw netError('NET_BAD_OPTION', {
    message: 'the path of a file must be a string or a file: URL',
  })
}

const offset = shape<number>(
  'a whole number of bytes, 0 or more',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
)
const mode = shape<number>(
  'a number from 0 to 0o7777',
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0o7777,
)
const fromFileOptions = optionsDoor<FromFileOptions>(
  { call: 'fromFile' },
  { start: offset, end: offset },
  { offset: 'start', length: 'end' },
)
const toFileOptions = optionsDoor<ToFileOptions>(
  { call: 'toFile' },
  { inPlace: flag, keepPart: flag, mode },
)
const BRAND: unique symbol = Symbol.for('net.data')
