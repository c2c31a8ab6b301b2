/* What a server says which part of a file it sends (RFC 9110 section 14.4). It is read, never assumed from what was asked. */

import type { HttpHeaders } from './headers.ts'

/** A part of a file. */
export interface ContentRange {
  readonly first: number
  /** The last byte, not the one behind it. */
  readonly last: number
  /** The size of the whole; undefined if the server does not know it. */
  readonly size: number | undefined
}

/** The part in `Content-Range`; undefined if it is missing or makes no sense. */
export function contentRangeOf(headers: HttpHeaders): ContentRange | undefined {
  const [, from = '', to = '', whole = ''] = RANGE.exec(headers.get('content-range') ?? '') ?? []
  if (from === '') return undefined
  const [first, last] = [Number(from), Number(to)]
  const size = whole === '*' ? undefined : Number(whole)
  return last < first || (size !== undefined && last >= size) ? undefined : { first, last, size }
}

/** The size of the file in the `Content-Range` of a 416: `bytes *` + `/1000`. */
export function unsatisfiedSizeOf(headers: HttpHeaders): number | undefined {
  const [, size] = UNSATISFIED.exec(headers.get('content-range') ?? '') ?? []
  return size === undefined ? undefined : Number(size)
}

const RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i
const UNSATISFIED = /^bytes \*\/(\d{1,15})$/i
