/* The fields behind the body of a request (RFC 9110 section 6.5). */

import { callerFault, netError, option, type Shape } from '@net/core/authoring'

import { headersShape, HttpHeaders, type HeaderFields } from './headers.ts'

/** Trailers as a caller gives them. */
export type Trailers = HeaderFields | (() => HeaderFields)

/** The option `trailers`. */
export const trailersShape: Shape<Trailers> = option.either<Trailers>(
  [headersShape, option.callback<() => HeaderFields>()],
  'header fields, or a function that gives them',
)

/** Gives the trailers for the wire, names and values in turn. Those that are known already throw `NET_BAD_HEADER` at once. */
export function trailersOf(given: Trailers): () => readonly string[] {
  if (typeof given !== 'function') {
    const fields = checked(given)
    return () => fields
  }
  return () => checked(asked(given))
}

function asked(give: () => HeaderFields): HeaderFields {
  try {
    return give()
  } catch (error) {
    throw callerFault(error)
  }
}

function checked(given: HeaderFields): readonly string[] {
  const headers = new HttpHeaders(given)
  for (const [name] of headers) {
    if (EARLY.has(name.toLowerCase()))
      throw netError('NET_BAD_HEADER', { message: `the header ${name} cannot follow the body` })
  }
  return headers.wire
}

/** What a server has to know before the body, or that belongs to the connection. */
const EARLY: ReadonlySet<string> = new Set([
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
