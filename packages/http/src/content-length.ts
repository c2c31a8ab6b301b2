/*
 * What `Content-Length` says of a request (RFC 9110 section 8.6). A server believes it: a wrong one would make the end of a
 * body the beginning of the next request, or the next request the end of a body.
 */

import { netError } from '@net/core/authoring'

import type { WireRequest } from './connection.ts'
import type { HttpHeaders } from './headers.ts'

/** A body whose length may be known. */
type Body = Uint8Array | { readonly size: number | undefined } | undefined

/**
 * The fields as they go on the wire, with the length of the body where it is known and ought to be told. Throws
 * `NET_SIZE_MISMATCH` if they tell another one, `NET_BAD_OPTION` for one that is no number.
 */
export function fieldsWithLength(
  headers: HttpHeaders,
  method: string,
  body: Body,
): WireRequest['headers'] {
  const size = sizeOf(body)
  const told = headers.get('content-length')
  if (told !== undefined) {
    if (!DIGITS.test(told)) throw noLength()
    if (size !== undefined && Number(told) !== size) throw wrongLength()
    return headers.wire
  }
  const isTold = size !== undefined && (body !== undefined || EXPECT_BODY.has(method))
  return isTold ? [...headers.wire, 'content-length', String(size)] : headers.wire
}

/** The error of a body that has another length than was told, with which every repeat would fail too. */
export function wrongLength(): Error {
  return netError('NET_SIZE_MISMATCH', {
    message: 'the length of the request body is not that of its Content-Length',
    retry: 'never',
  })
}

function noLength(): Error {
  return netError('NET_BAD_OPTION', { message: 'the Content-Length of a request must be a number' })
}

function sizeOf(body: Body): number | undefined {
  if (body === undefined) return 0
  return body instanceof Uint8Array ? body.length : body.size
}

const DIGITS = /^\d+$/
const EXPECT_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** The length that the fields of a request say, names and values in turn. */
export function announcedLength(headers: readonly string[]): number | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]
    if (name?.length === 14 && name.toLowerCase() === 'content-length')
      return Number(headers[at + 1])
  }
  return undefined
}
