import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import {
  deadlineError,
  diedError,
  errorOf,
  errorText,
  reasonOf,
  unknownError,
} from '../src/stored-error.ts'

test('an error of ours comes back with what it knows', () => {
  const error = netError('NET_REPLY_TEMPORARY', {
    message: 'later',
    retryAfter: 5,
    endpoint: 'h:25',
  })
  const back = errorOf(errorText(error))
  expect(back).toMatchObject({ code: 'NET_REPLY_TEMPORARY', retryAfter: 5, endpoint: 'h:25' })
  expect(reasonOf(errorText(error))).toBe(error.message)
})

test('other errors come back with name, message and code', () => {
  const error = Object.assign(new RangeError('too far'), { code: 'E_FAR', socket: { fd: 1 } })
  const back = errorOf(errorText(error))
  expect(back).toMatchObject({ name: 'RangeError', message: 'too far', code: 'E_FAR' })
  expect(back).not.toHaveProperty('socket')
})

test('what is too long is cut', () => {
  const long = 'x'.repeat(100_000)
  expect(errorText(new Error(long)).length).toBeLessThan(5000)
  const nested = netError('NET_GROUP', { message: 'many', errors: [new Error(long)] })
  expect(errorText(nested).length).toBeLessThan(17_000)
  expect(errorOf(errorText(nested))).toMatchObject({ code: 'NET_GROUP' })
  expect(errorText(long).length).toBeLessThan(5000)
})

test('the errors of stores are errors of ours', () => {
  expect(errorOf(deadlineError)).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', retry: 'never' })
  expect(errorOf(unknownError)).toMatchObject({ code: 'NET_DELIVERY_UNKNOWN' })
  expect(errorOf(diedError(3)).message).toContain('ended 3 times')
})
