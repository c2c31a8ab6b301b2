import { constants } from 'node:http2'

import { translate } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { http2Errors, StreamEnded } from '../../src/engine/http2-errors.ts'

test.each([
  [constants.NGHTTP2_NO_ERROR, 'NET_CONN_CLOSED', 'idempotent'],
  [constants.NGHTTP2_PROTOCOL_ERROR, 'NET_PROTO_MALFORMED', 'never'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'NET_CONN_RESET', 'idempotent'],
  [constants.NGHTTP2_REFUSED_STREAM, 'NET_CONN_SHUTDOWN', 'safe'],
  [constants.NGHTTP2_CANCEL, 'NET_CONN_CLOSED', 'idempotent'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'NET_PROTO_LIMIT', 'never'],
  [constants.NGHTTP2_HTTP_1_1_REQUIRED, 'NET_UNSUPPORTED', 'never'],
  [99, 'NET_CONN_RESET', 'idempotent'],
])('a stream that ended with %i is %s', (reason, code, retry) => {
  const error = translate(new StreamEnded(reason, undefined), http2Errors, {})
  expect(error).toMatchObject({ code, retry, cause: { reason } })
})

test.each([
  ['ERR_HTTP2_GOAWAY_SESSION', 'NET_CONN_CLOSED'],
  ['ERR_HTTP2_SESSION_ERROR', 'NET_CONN_CLOSED'],
  ['ERR_HTTP2_ERROR', 'NET_PROTO_MALFORMED'],
  ['ERR_HTTP2_INVALID_CONNECTION_HEADERS', 'NET_BAD_HEADER'],
  ['ECONNRESET', 'NET_CONN_RESET'],
])('%s is %s', (foreign, code) => {
  const error = Object.assign(new Error('said so'), { code: foreign })
  expect(translate(error, http2Errors, {})).toMatchObject({ code, cause: error })
})

test('a reason is reported by its name', () => {
  const error = translate(
    new StreamEnded(constants.NGHTTP2_INTERNAL_ERROR, undefined),
    http2Errors,
    {},
  )
  expect(error.message).toContain('INTERNAL_ERROR')
})
