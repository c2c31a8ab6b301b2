import { translate } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { redisErrors } from '../../src/engine/redis-errors.ts'

test.each([
  ['OOM command not allowed', 'NET_NO_SPACE', 'safe'],
  ["READONLY You can't write against a read only replica.", 'NET_REPLY_TEMPORARY', 'safe'],
  ['LOADING Redis is loading the dataset in memory', 'NET_REPLY_TEMPORARY', 'safe'],
  ['WRONGPASS invalid username-password pair', 'NET_AUTH_REJECTED', 'never'],
  ["NOPERM User has no permissions to run the 'evalsha' command", 'NET_ACCESS_DENIED', 'never'],
  ['Connection is closed.', 'NET_CONN_CLOSED', 'idempotent'],
  ['ERR DB index is out of range', 'NET_REPLY_PERMANENT', 'never'],
  ['ERR something', 'NET_REPLY_PERMANENT', 'never'],
])('%s', (message, code, retry) => {
  expect(translate(new Error(message), redisErrors, {})).toMatchObject({ code, retry })
})
