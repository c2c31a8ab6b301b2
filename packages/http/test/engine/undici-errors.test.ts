import { translate } from '@net/core/authoring'
import { errors } from 'undici'
import { expect, test } from 'vitest'

import { undiciErrors } from '../../src/engine/undici-errors.ts'

test.each([
  [new errors.SocketError('other side closed'), 'NET_CONN_CLOSED'],
  [new errors.SocketError('bad response'), 'NET_PROTO_UNEXPECTED'],
  [new errors.SocketError('bad upgrade'), 'NET_PROTO_UNEXPECTED'],
  [new errors.InformationalError('reset'), 'NET_CONN_CLOSED'],
  [new errors.ClientDestroyedError(), 'NET_CONN_CLOSED'],
  [new errors.ClientClosedError(), 'NET_CONN_CLOSED'],
  [new errors.HeadersOverflowError(), 'NET_PROTO_LIMIT'],
  [new errors.ResponseContentLengthMismatchError(), 'NET_PROTO_INCOMPLETE'],
  [new errors.HTTPParserError('it is none (Invalid EOF state)'), 'NET_PROTO_INCOMPLETE'],
  [new errors.HTTPParserError('it is none (Expected HTTP/)'), 'NET_PROTO_MALFORMED'],
  [new errors.RequestContentLengthMismatchError(), 'NET_BAD_OPTION'],
  [new errors.InvalidArgumentError('invalid upgrade header'), 'NET_BAD_HEADER'],
  [new errors.NotSupportedError('expect header not supported'), 'NET_BAD_HEADER'],
  [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'NET_CONN_RESET'],
])('%s is %s', (error, code) => {
  expect(translate(error, undiciErrors, {})).toMatchObject({ code, cause: error })
})
