/*
 * What the kinds of reads take out of a queue of bytes, and when they must wait for more. Knows no I/O: each rule
 * is asked again whenever more has arrived, and takes nothing until it has all that it wants.
 */

import { type ByteQueue, ITERATION_END, netError } from '@net/core/authoring'

/**
 * Takes its result out of the queue, or gives undefined to be asked again when more has arrived or the peer has
 * ended. Throws without having taken anything.
 */
export type ReadRule<T> = (queue: ByteQueue, ended: boolean) => T | undefined

/** The same for an iterator, to which the end is a result as any other. */
export type ItemRule<T> = ReadRule<IteratorResult<T, undefined>>

/** Whatever there is, at most `max` bytes. */
export function someBytes(max: number): ReadRule<Uint8Array | null> {
  return (queue, ended) => {
    if (queue.length > 0) return queue.next(max)
    return ended ? null : undefined
  }
}

/** Whatever there is, as far as the memory has room; 0 at the end. */
export function bytesInto(memory: Uint8Array): ReadRule<number> {
  return (queue, ended) => {
    if (queue.length === 0) return ended ? 0 : undefined
    let size = 0
    while (size < memory.length && queue.length > 0) {
      const part = queue.next(memory.length - size)
      memory.set(part, size)
      size += part.length
    }
    return size
  }
}

/** A copy of the next bytes, which stay; fewer only at the end. */
export function aheadBytes(size: number): ReadRule<Uint8Array> {
  return (queue, ended) => (queue.length >= size || ended ? queue.peek(size) : undefined)
}

/** That the peer has ended; what has arrived before stays. */
export const theEnd: ReadRule<true> = (_queue, ended) => (ended ? true : undefined)

/** Exactly so many bytes. */
export function exactBytes(size: number): ReadRule<Uint8Array> {
  return (queue, ended) => {
    if (queue.length >= size) return queue.take(size)
    if (ended) throw incomplete(queue, `of ${size} bytes`, size)
    return undefined
  }
}

/** A line of at most `limit` bytes (default 64 KiB) without its LF or CRLF. */
export function lineOf(
  limit: number = LINE_LIMIT,
  encoding: BufferEncoding = 'utf8',
): ReadRule<string | null> {
  const next = lineBytesOf(limit)
  return (queue, ended) => {
    const line = next(queue, ended)
    return line == null ? line : asText(line, encoding)
  }
}

/** The same as bytes. */
export function lineBytesOf(limit: number): ReadRule<Uint8Array | null> {
  let searched = 0
  return (queue, ended) => {
    const at = queue.indexOf(LINE_FEED, searched)
    if (at >= 0) {
      const size = at > 0 && queue.byteAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at
      if (size > limit) throw tooLong(queue.length, 'line', limit)
      return queue.take(at + 1).subarray(0, size)
    }
    searched = queue.length
    // One more could be the carriage return before the end of the line.
    if (queue.length > limit + 1) throw tooLong(queue.length, 'line', limit)
    if (!ended) return undefined
    if (queue.length === 0) return null
    throw incomplete(queue, 'of a line')
  }
}

/** Everything up to the delimiter and with it, at most `limit` bytes (default 64 KiB). */
export function bytesUntil(
  delimiter: Uint8Array,
  limit: number = LINE_LIMIT,
): ReadRule<Uint8Array | null> {
  let searched = 0
  return (queue, ended) => {
    const at = queue.indexOf(delimiter, searched)
    if (at >= 0 && at + delimiter.length <= limit) return queue.take(at + delimiter.length)
    if (at >= 0 || queue.length >= limit)
      throw tooLong(queue.length, 'part up to the delimiter', limit)
    // A delimiter may have begun at the end of what is there.
    searched = Math.max(queue.length - delimiter.length + 1, 0)
    if (!ended) return undefined
    if (queue.length === 0) return null
    throw incomplete(queue, 'before the delimiter')
  }
}

/** Everything until the end, at most `limit` bytes (default 100 MiB). */
export function everything(limit: number = WHOLE_LIMIT): ReadRule<Uint8Array> {
  return (queue, ended) => {
    if (queue.length > limit) throw tooLong(queue.length, 'whole', limit)
    return ended ? queue.take(queue.length) : undefined
  }
}

/** What the rule takes, as an iterator gives it; null is the end. */
export function itemOf<T>(rule: ReadRule<T | null>): ItemRule<T> {
  return (queue, ended) => {
    const value = rule(queue, ended)
    if (value === undefined) return undefined
    return value === null ? ITERATION_END : { done: false, value }
  }
}

/** Bytes as text. */
export function asText(bytes: Uint8Array, encoding: BufferEncoding): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding)
}

/** The error for `received` bytes or more, where at most `limit` are allowed. */
export function tooLong(received: number, what: string, limit: number): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the ${what} is longer than ${limit} bytes`,
    limit,
    received,
  })
}

/** The error for an end in the middle. */
export function incomplete(queue: ByteQueue, where: string, expected?: number): Error {
  return netError('NET_PROTO_INCOMPLETE', {
    message: `the peer ended after ${queue.length} bytes ${where}`,
    received: queue.length,
    partial: queue.peek(queue.length),
    expected,
  })
}

const LINE_LIMIT = 64 * 1024
const WHOLE_LIMIT = 100 * 1024 * 1024
const LINE_FEED: Uint8Array = Uint8Array.of(10)
const CARRIAGE_RETURN = 13
