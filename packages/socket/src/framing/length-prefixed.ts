/* Messages behind their length: 1, 2, 4 or 8 bytes, most significant first or last, or a varint as in Protocol Buffers. */

import { option, optionsDoor, type ByteQueue, type OptionsDoor } from '@net/core/authoring'

import { incomplete, tooLong } from '../reads.ts'
import { frameCodec, type FrameCodec } from './frame-codec.ts'
import { readFixed, readVarint, writeFixed, writeVarint, type Prefix } from './prefix.ts'

/** Options of `lengthPrefixed`. */
export interface LengthPrefixedOptions {
  /** Bytes of the length, or `varint` (LEB128, 7 bits a byte, the lowest first). Default 4. */
  readonly size?: 1 | 2 | 4 | 8 | 'varint' | undefined
  /** Which byte of the length comes first: the most significant (`big`, as networks have it) or the least. Default big. */
  readonly endian?: 'big' | 'little' | undefined
  /** At most so many bytes a message, its length not counted; default 16 MiB. */
  readonly limit?: number | undefined
}

/** A codec for messages behind their length. Throws `NET_BAD_OPTION`. */
export function lengthPrefixed(options?: LengthPrefixedOptions): FrameCodec<Uint8Array> {
  const { size = 4, endian = 'big', limit = LIMIT } = prefixDoor(options)
  const read = (queue: ByteQueue): Prefix | undefined =>
    size === 'varint' ? readVarint(queue) : readFixed(queue, size, endian)
  return frameCodec(
    (message) => {
      const { length } = message
      const most = size === 'varint' ? limit : Math.min(limit, 2 ** (8 * size) - 1)
      if (length > most) throw tooLong(length, 'message', most)
      const prefix = size === 'varint' ? writeVarint(length) : writeFixed(length, size, endian)
      return Buffer.concat([prefix, message])
    },
    () => {
      // Kept while the rest is awaited.
      let prefix: Prefix | undefined
      return (queue, ended) => {
        prefix ??= read(queue)
        if (prefix !== undefined) {
          const { bytes, length } = prefix
          if (length > limit) throw tooLong(length, 'message', limit)
          if (queue.length >= bytes + length)
            return { done: false, value: queue.take(bytes + length).subarray(bytes) }
        }
        if (!ended) return undefined
        throw incomplete(queue, 'within a message', prefix && prefix.bytes + prefix.length)
      }
    },
  )
}

const LIMIT = 16 * 1024 * 1024
const prefixDoor: OptionsDoor<LengthPrefixedOptions> = optionsDoor<LengthPrefixedOptions>(
  { protocol: 'socket', call: 'lengthPrefixed' },
  {
    size: option.oneOf<1 | 2 | 4 | 8 | 'varint'>(1, 2, 4, 8, 'varint'),
    endian: option.oneOf('big', 'little'),
    limit: option.bytes,
  },
  { maxLength: 'limit', bytes: 'size' },
)
