import { expect, test } from 'vitest'

import { AbortError, NetTimeoutError } from '@net/core'
import { abortError, defineErrorTable, netError, translate } from '@net/core/authoring'

test('an abort keeps the reason as its cause', () => {
  const error = abortError('not wanted any more')
  expect(error).toBeInstanceOf(AbortError)
  expect(error.cause).toBe('not wanted any more')
})

test('a reason that is a time limit becomes a time-out', () => {
  const platform = abortError(new DOMException('timed out', 'TimeoutError'))
  expect(platform).toBeInstanceOf(NetTimeoutError)
  expect(platform.code).toBe('NET_TIMEOUT_TOTAL')
  const ours = netError('NET_TIMEOUT_IDLE', { message: 'x', limit: 7 })
  const again = abortError(ours)
  expect([again.code, again.limit, again.cause]).toEqual(['NET_TIMEOUT_IDLE', 7, ours])
})

test('an abort that was already told as ours keeps the reason of the first caller', () => {
  const inner = abortError('not wanted any more')
  expect(abortError(inner).cause).toBe('not wanted any more')
})

test('a reason that is an abort of the platform with a time limit behind it is a time-out', () => {
  const limit = new DOMException('timed out', 'TimeoutError')
  const abort = new Error('aborted', { cause: limit })
  abort.name = 'AbortError'
  expect(abortError(abort)).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', cause: limit })
  const translated = translate(
    Object.assign(abort, { code: 'ABORT_ERR' }),
    defineErrorTable([]),
    {},
  )
  expect(translated).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', cause: abort })
})
