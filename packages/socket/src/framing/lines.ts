/* Messages that are lines. */

import { netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { encoding } from '../call-doors.ts'
import { itemOf, lineOf, tooLong } from '../reads.ts'
import { frameCodec, type FrameCodec } from './frame-codec.ts'

/** Options of the line codec. */
export interface LineOptions {
  /** At most so many bytes a line, its end not counted; default 64 KiB. */
  readonly limit?: number | undefined
  /** Default UTF-8. */
  readonly encoding?: BufferEncoding | undefined
  /** What ends a line that we send; both LF and CRLF end one that we receive. Default CRLF. */
  readonly ending?: '\n' | '\r\n' | undefined
}

/** Lines to bytes and back; `encode` throws `NET_INJECTION` if the line holds a line break. */
export type LineCodec = FrameCodec<string>

/** A codec for one direction of one connection. */
export function lines(options?: LineOptions): LineCodec {
  const { limit = LIMIT, encoding = 'utf8', ending = '\r\n' } = linesDoor(options)
  return frameCodec(
    (line) => {
      if (/[\r\n]/.test(line)) {
        throw netError('NET_INJECTION', { message: 'the line contains a line break' })
      }
      const bytes = Buffer.from(line + ending, encoding)
      const size = bytes.length - ending.length
      if (size > limit) throw tooLong(size, 'line', limit)
      return bytes
    },
    () => itemOf(lineOf(limit, encoding)),
  )
}

const LIMIT = 64 * 1024
const linesDoor: OptionsDoor<LineOptions> = optionsDoor<LineOptions>(
  { protocol: 'socket', call: 'lines' },
  { limit: option.bytes, encoding, ending: option.oneOf('\n', '\r\n') },
  { eol: 'ending', delimiter: 'ending', maxLength: 'limit' },
)
