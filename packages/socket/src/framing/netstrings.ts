/* Netstrings: the length in decimal digits, a colon, the bytes and a comma. */

import {
  netError,
  option,
  optionsDoor,
  type ByteQueue,
  type OptionsDoor,
} from '@net/core/authoring'

import { incomplete, tooLong } from '../reads.ts'
import { frameCodec, type FrameCodec } from './frame-codec.ts'
import type { Prefix } from './prefix.ts'

/** Options of `netstrings`. */
export interface NetstringOptions {
  /** At most so many bytes a message; default 16 MiB. */
  readonly limit?: number | undefined
}

/** A codec for netstrings, such as `5:hello,`. */
export function netstrings(options?: NetstringOptions): FrameCodec<Uint8Array> {
  const { limit = LIMIT } = netstringsDoor(options)
  return frameCodec(
    (message) => {
      if (message.length > limit) throw tooLong(message.length, 'message', limit)
      return Buffer.concat([Buffer.from(`${message.length}:`), message, COMMA_BYTES])
    },
    () => {
      // Kept while the rest is awaited.
      let prefix: Prefix | undefined
      return (queue, ended) => {
        prefix ??= readLength(queue)
        if (prefix !== undefined) {
          const { bytes, length } = prefix
          if (length > limit) throw tooLong(length, 'message', limit)
          if (queue.length > bytes + length) return { done: false, value: body(queue, prefix) }
        }
        if (!ended) return undefined
        throw incomplete(queue, 'within a message', prefix && prefix.bytes + prefix.length + 1)
      }
    },
  )
}

function body(queue: ByteQueue, { bytes, length }: Prefix): Uint8Array {
  const end = bytes + length
  if (queue.byteAt(end) !== COMMA) throw malformed('does not end with a comma')
  return queue.take(end + 1).subarray(bytes, end)
}

/** The length and its colon; undefined until both have arrived. */
function readLength(queue: ByteQueue): Prefix | undefined {
  let length = 0
  for (let at = 0; at <= MOST_DIGITS; at++) {
    const byte = queue.byteAt(at)
    if (byte === undefined) return undefined
    if (byte === COLON && at > 0) return { bytes: at + 1, length }
    const digit = byte - ZERO
    const isDigit = digit >= 0 && digit <= 9
    // A length has no zeros before it.
    if (!isDigit || (at === 1 && length === 0)) throw malformed('does not begin with its length')
    length = length * 10 + digit
  }
  throw malformed(`has a length of more than ${MOST_DIGITS} digits`)
}

function malformed(what: string): Error {
  return netError('NET_PROTO_MALFORMED', { message: `the netstring ${what}` })
}

const LIMIT = 16 * 1024 * 1024
const MOST_DIGITS = 15
const ZERO = 48
const COLON = 58
const COMMA = 44
const COMMA_BYTES = Uint8Array.of(COMMA)
const netstringsDoor: OptionsDoor<NetstringOptions> = optionsDoor<NetstringOptions>(
  { protocol: 'socket', call: 'netstrings' },
  { limit: option.bytes },
  { maxLength: 'limit' },
)
