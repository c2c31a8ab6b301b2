/* The length before a message: how it is written, and what it says. */

import { netError, type ByteQueue } from '@net/core/authoring'

/** A length that has arrived. */
export interface Prefix {
  /** How many bytes it takes itself. */
  readonly bytes: number
  /** What it says; a number beyond 2^53 is no longer exact, and beyond every limit. */
  readonly length: number
}

/** Reads a length of so many bytes; undefined until all have arrived. */
export function readFixed(
  queue: ByteQueue,
  bytes: number,
  endian: 'big' | 'little',
): Prefix | undefined {
  if (queue.length < bytes) return undefined
  let length = 0
  for (let at = 0; at < bytes; at++) {
    length = length * 256 + (queue.byteAt(endian === 'big' ? at : bytes - 1 - at) ?? 0)
  }
  return { bytes, length }
}

/** Reads a varint; undefined until its last byte has arrived. Throws `NET_PROTO_MALFORMED` after 10 bytes. */
export function readVarint(queue: ByteQueue): Prefix | undefined {
  let length = 0
  for (let at = 0; at < LONGEST_VARINT; at++) {
    const byte = queue.byteAt(at)
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { bytes: at + 1, length }
  }
  throw netError('NET_PROTO_MALFORMED', {
    message: `the length before a message has more than ${LONGEST_VARINT} bytes`,
  })
}

/** A length as so many bytes. */
export function writeFixed(length: number, bytes: number, endian: 'big' | 'little'): Uint8Array {
  const prefix = new Uint8Array(bytes)
  let rest = length
  for (let at = 0; at < bytes; at++) {
    prefix[endian === 'big' ? bytes - 1 - at : at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return prefix
}

/** A length as a varint. */
export function writeVarint(length: number): Uint8Array {
  const bytes: number[] = []
  let rest = length
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** Of 64 bits. */
const LONGEST_VARINT = 10
