/* What Node's HTTP/2 says went wrong with an exchange, and what we call it. */

import { constants } from 'node:http2'

import { defineErrorTable, hasCode, type ErrorTable } from '@net/core/authoring'

/** A stream ended before the answer did; `reason` is the error code of RFC 9113 section 7. */
export class StreamEnded extends Error {
  readonly reason: number

  constructor(reason: number, cause: unknown) {
    super(`the stream ended early (${nameOf(reason)})`, { cause })
    this.reason = reason
  }
}

/** The table for the HTTP/2 of Node 24. */
export const http2Errors: ErrorTable = defineErrorTable([
  {
    // A promise of the peer that it has done nothing (RFC 9113 section 8.7).
    when: hasReason(constants.NGHTTP2_REFUSED_STREAM),
    code: 'NET_CONN_SHUTDOWN',
    details: () => ({
      message: 'the server did not process the request',
      reply: { text: 'REFUSED_STREAM' },
      retry: 'safe',
    }),
  },
  {
    when: hasReason(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    code: 'NET_PROTO_LIMIT',
    details: () => ({
      message:
        'the header section of the response is too long, or the server limits our requests (ENHANCE_YOUR_CALM)',
    }),
  },
  {
    when: hasReason(constants.NGHTTP2_HTTP_1_1_REQUIRED),
    code: 'NET_UNSUPPORTED',
    details: () => ({ message: 'the server requires HTTP/1.1 for this request; use http2: false' }),
  },
  {
    when: hasReason(
      constants.NGHTTP2_PROTOCOL_ERROR,
      constants.NGHTTP2_FLOW_CONTROL_ERROR,
      constants.NGHTTP2_FRAME_SIZE_ERROR,
      constants.NGHTTP2_COMPRESSION_ERROR,
    ),
    code: 'NET_PROTO_MALFORMED',
    details: ({ message }) => ({ message: `the response is not valid HTTP/2: ${message}` }),
  },
  {
    when: hasReason(constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the server ended the stream' }),
  },
  {
    when: (error) => error instanceof StreamEnded,
    code: 'NET_CONN_RESET',
    details: ({ message }) => ({ message: `the server reset the stream: ${message}` }),
  },
  {
    when: hasCode('ERR_HTTP2_ERROR'),
    code: 'NET_PROTO_MALFORMED',
    details: ({ message }) => ({ message: `the response is not valid HTTP/2: ${message}` }),
  },
  {
    when: hasCode(
      'ERR_HTTP2_GOAWAY_SESSION',
      'ERR_HTTP2_INVALID_SESSION',
      'ERR_HTTP2_INVALID_STREAM',
      'ERR_HTTP2_OUT_OF_STREAMS',
      'ERR_HTTP2_SESSION_ERROR',
      'ERR_HTTP2_STREAM_CANCEL',
      'ERR_SOCKET_CLOSED',
    ),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the server closed the connection' }),
  },
  {
    when: hasCode('ERR_HTTP2_HEADER_SINGLE_VALUE', 'ERR_HTTP2_INVALID_CONNECTION_HEADERS'),
    code: 'NET_BAD_HEADER',
  },
])

/** Matches streams that ended for one of these reasons. */
function hasReason(...reasons: readonly number[]): (error: Error) => boolean {
  return (error) => error instanceof StreamEnded && reasons.includes(error.reason)
}

function nameOf(reason: number): string {
  const names = Object.entries(constants).filter(([name]) => ERROR_NAMES.includes(name))
  return names.find(([, value]) => value === reason)?.[0].replace('NGHTTP2_', '') ?? String(reason)
}

const ERROR_NAMES: readonly string[] = [
  'NGHTTP2_NO_ERROR',
  'NGHTTP2_PROTOCOL_ERROR',
  'NGHTTP2_INTERNAL_ERROR',
  'NGHTTP2_FLOW_CONTROL_ERROR',
  'NGHTTP2_SETTINGS_TIMEOUT',
  'NGHTTP2_STREAM_CLOSED',
  'NGHTTP2_FRAME_SIZE_ERROR',
  'NGHTTP2_REFUSED_STREAM',
  'NGHTTP2_CANCEL',
  'NGHTTP2_COMPRESSION_ERROR',
  'NGHTTP2_CONNECT_ERROR',
  'NGHTTP2_ENHANCE_YOUR_CALM',
  'NGHTTP2_INADEQUATE_SECURITY',
  'NGHTTP2_HTTP_1_1_REQUIRED',
]
