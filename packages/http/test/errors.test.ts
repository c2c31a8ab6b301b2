import { isNetError, isRetryable, ReplyError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { HttpHeaders, HttpStatusError } from '@net/http'
import { expect, test } from 'vitest'

const errorOf = (status: number, headers = {}): HttpStatusError =>
  new HttpStatusError({
    status,
    statusText: 'Words',
    headers: new HttpHeaders(headers),
    text: 'body',
  })

test.each([
  [400, 'NET_REPLY_PERMANENT', 'never'],
  [401, 'NET_AUTH_REJECTED', 'never'],
  [403, 'NET_ACCESS_DENIED', 'never'],
  [404, 'NET_NOT_FOUND', 'never'],
  [410, 'NET_NOT_FOUND', 'never'],
  [408, 'NET_REPLY_TEMPORARY', 'idempotent'],
  [421, 'NET_REPLY_TEMPORARY', 'safe'],
  [425, 'NET_REPLY_TEMPORARY', 'safe'],
  [429, 'NET_REPLY_TEMPORARY', 'safe'],
  [500, 'NET_REPLY_TEMPORARY', 'idempotent'],
  [501, 'NET_REPLY_PERMANENT', 'never'],
  [503, 'NET_REPLY_TEMPORARY', 'idempotent'],
])('%i is %s, to be repeated: %s', (status, code, retry) => {
  const error = errorOf(status)
  expect(error).toMatchObject({ code, retry, status, reply: { status, text: 'body' } })
  expect(isRetryable(error, { idempotent: true })).toBe(retry !== 'never')
})

test('it is a ReplyError with a name of its own', () => {
  const error = errorOf(404)
  expect(error).toBeInstanceOf(ReplyError)
  expect(error).toBeInstanceOf(HttpStatusError)
  expect(isNetError(error)).toBe(true)
  expect(error.name).toBe('HttpStatusError')
  expect(error.message).toBe('the server answered 404 Words')
})

test.each([
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', undefined],
  ['99999999999', undefined],
])('Retry-After: %s', (text, expected) => {
  using clock = useFakeClock()
  expect(clock.now()).toBe(0)
  expect(errorOf(503, { 'retry-after': text }).retryAfter).toBe(expected)
})

test('control characters of the server are harmless in the message', () => {
  const error = new HttpStatusError({
    status: 500,
    statusText: 'bad\u001b[31m',
    headers: HttpHeaders.none,
  })
  expect(error.message).toBe(String.raw`the server answered 500 bad\x1b[31m`)
})
