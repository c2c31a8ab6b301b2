import { runInNewContext } from 'node:vm'

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

test('an error of another realm comes back as one of ours', () => {
  const thrown: unknown = runInNewContext('Object.assign(new TypeError("no"), { code: "E_NO" })')
  expect(errorOf(errorText(thrown))).toMatchObject({
    name: 'TypeError',
    message: 'no',
    code: 'E_NO',
  })
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
  expect(diedError(3)).not.toContain('%')
})

test.each([
  ['whose message is a number', Object.assign(new Error('x'), { message: 5, name: {} })],
  ['without a text', Object.create(null)],
  ['that throws when it is read', unreadable(new Error('x'))],
  ['of ours that throws when it is read', unreadable(netError('NET_CLOSED', { message: 'x' }))],
  ['that shows itself by throwing', { [Symbol.for('nodejs.util.inspect.custom')]: thrower }],
  ['that is a proxy without a handler', revoked()],
  ['with halves of characters', new Error(`\ud83d ${'x'.repeat(4090)}\u{1f600}\u{1f600}`)],
])('an error %s is stored all the same', (_, thrown) => {
  const text = errorText(thrown)
  expect(text).not.toMatch(/\\ud[89a-f]/u)
  expect(reasonOf(text)).toBeTypeOf('string')
  expect(errorOf(text)).toBeInstanceOf(Error)
})

function thrower(): never {
  throw new Error('not to be looked at')
}

function unreadable(error: object): unknown {
  return new Proxy(error, { get: thrower })
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
