import { runInNewContext } from 'node:vm'

import { isAbort } from '@net/core'
import { expect, test } from 'vitest'

import { timeLimitBehind } from '../../src/errors/time-limit.ts'

function abortOf(cause: unknown): Error {
  return Object.assign(new Error('aborted', { cause }), { name: 'AbortError' })
}

test('a time limit is found behind aborts, and behind nothing else', () => {
  const limit = new DOMException('timed out', 'TimeoutError')
  expect(timeLimitBehind(limit)).toBe(limit)
  expect(timeLimitBehind(abortOf(abortOf(limit)))).toBe(limit)
  expect(timeLimitBehind(new Error('a failure', { cause: limit }))).toBeUndefined()
  expect(timeLimitBehind(abortOf('a reason'))).toBeUndefined()
  expect(timeLimitBehind(undefined)).toBeUndefined()
})

test('aborts and time limits of another realm are what they are', () => {
  const named = (name: string): unknown =>
    runInNewContext(`Object.assign(new Error('stopped'), { name: '${name}' })`)
  expect([isAbort(named('AbortError')), isAbort(named('TimeoutError'))]).toEqual([true, false])
  expect(timeLimitBehind(abortOf(named('TimeoutError')))).toMatchObject({ message: 'stopped' })
})
