/*
 * Messages that are lines: bytes in, lines out, and back. A codec has no I/O and may be given its bytes in any
 * pieces.
 */

import { ByteQueue, netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { encoding } from '../call-doors.ts'
import { lineOf } from '../reads.ts'

/** Options of the line codec. */
export interface LineOptions {
  /** At most so many bytes a line, its end not counted; default 64 KiB. */
  readonly limit?: number | undefined
  /** Default UTF-8. */
  readonly encoding?: BufferEncoding | undefined
  /** What ends a line that we send; both LF and CRLF end one that we receive. Default CRLF. */
  readonly ending?: '\n' | '\r\n' | undefined
}

/** Lines to bytes and back. */
export interface LineCodec {
  /** The bytes of one line with its end. Throws `NET_INJECTION` if the line holds a line break, `NET_PROTO_LIMIT` if it is too long. */
  encode(line: string): Uint8Array
  /** The lines that are complete with this chunk. Throws `NET_PROTO_LIMIT`. */
  decode(chunk: Uint8Array): string[]
  /** Says that no more will come. Throws `NET_PROTO_INCOMPLETE` in the middle of a line. */
  finish(): void
}

/** A codec for one direction of one connection. */
export function lines(options?: LineOptions): LineCodec {
  const { limit = LIMIT, encoding = 'utf8', ending = '\r\n' } = linesDoor(options)
  const queue = new ByteQueue()
  let rule = lineOf(limit, encoding)
  return {
    encode(line) {
      if (/[\r\n]/.test(line)) {
        throw netError('NET_INJECTION', { message: 'the line contains a line break' })
      }
      const bytes = Buffer.from(line + ending, encoding)
      if (bytes.length - ending.length > limit) {
        throw netError('NET_PROTO_LIMIT', {
          message: `the line is longer than ${limit} bytes`,
          limit,
        })
      }
      return bytes
    },
    decode(chunk) {
      queue.push(chunk)
      const complete: string[] = []
      for (let line = rule(queue, false); line != null; line = rule(queue, false)) {
        complete.push(line)
        // The rule remembers how far it has searched, which holds for one line only.
        rule = lineOf(limit, encoding)
      }
      return complete
    },
    finish() {
      if (queue.length > 0) rule(queue, true)
    },
  }
}

const LIMIT = 64 * 1024
const linesDoor: OptionsDoor<LineOptions> = optionsDoor<LineOptions>(
  { protocol: 'socket', call: 'lines' },
  { limit: option.bytes, encoding, ending: option.oneOf('\n', '\r\n') },
  { eol: 'ending', delimiter: 'ending', maxLength: 'limit' },
)
