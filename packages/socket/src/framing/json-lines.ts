/* JSON Lines, also known as NDJSON: one JSON value a line, in UTF-8. */

import { netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { lineBytesOf, tooLong } from '../reads.ts'
import { frameCodec, type FrameCodec } from './frame-codec.ts'

/** Options of `jsonLines`. */
export interface JsonLinesOptions {
  /** At most so many bytes a line, its end not counted; default 1 MiB. */
  readonly limit?: number | undefined
}

/**
 * A codec for JSON values, one a line; blank lines are passed over. `encode` throws `NET_BAD_OPTION` for what JSON cannot
 * write, such as undefined; `decode` throws `NET_PROTO_MALFORMED` for a line that is not JSON.
 */
export function jsonLines<T = unknown>(options?: JsonLinesOptions): FrameCodec<T> {
  const { limit = LIMIT } = jsonLinesDoor(options)
  return frameCodec<T>(
    (message) => {
      const text = JSON.stringify(message) as string | undefined
      if (text === undefined) {
        throw netError('NET_BAD_OPTION', { message: `JSON cannot write ${typeof message}` })
      }
      const bytes = Buffer.from(`${text}\n`)
      if (bytes.length - 1 > limit) throw tooLong(bytes.length - 1, 'line', limit)
      return bytes
    },
    () => {
      let next = lineBytesOf(limit)
      return (queue, ended) => {
        for (;;) {
          const line = next(queue, ended)
          if (line === undefined) return undefined
          if (line === null) return { done: true, value: undefined }
          const text = textOf(line)
          if (text.trim() !== '') return { done: false, value: parsed(text) as T }
          next = lineBytesOf(limit)
        }
      }
    },
  )
}

function textOf(line: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line)
  } catch (cause) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the line is not UTF-8', cause })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the line is not JSON', cause })
  }
}

const LIMIT = 1024 * 1024
const jsonLinesDoor: OptionsDoor<JsonLinesOptions> = optionsDoor<JsonLinesOptions>(
  { protocol: 'socket', call: 'jsonLines' },
  { limit: option.bytes },
  { maxLength: 'limit' },
)
