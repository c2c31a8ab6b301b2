import { runInNewContext } from 'node:vm'

import { isError, isRangeError, isTypeError } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('an error is one, of whichever realm', () => {
  class OrderError extends Error {}
  const errors: unknown[] = [new Error('a'), new OrderError('b'), new DOMException('c')]
  errors.push(runInNewContext('new Error("d")'), runInNewContext('new (class extends Error {})()'))
  for (const error of errors) expect(isError(error)).toBe(true)
  for (const other of [{ name: 'Error', message: 'e' }, 'Error', undefined, null, Error])
    expect(isError(other)).toBe(false)
})

test('a DOMException is an error for code in a context that was given the class', () => {
  const inherits: unknown = runInNewContext('new DOMException("a") instanceof Error', {
    DOMException,
  })
  expect(inherits).toBe(false)
  expect(isError(AbortSignal.abort().reason)).toBe(true)
})

test('errors of the language are known by name where they are of another realm', () => {
  const [range, type]: unknown[] = ['RangeError', 'TypeError'].map(
    (name) => runInNewContext(`new ${name}()`) as unknown,
  )
  expect([isRangeError(range), isRangeError(type), isRangeError(new RangeError())]).toEqual([
    true,
    false,
    true,
  ])
  expect([isTypeError(type), isTypeError(range), isTypeError(new TypeError())]).toEqual([
    true,
    false,
    true,
  ])
  expect(isRangeError({ name: 'RangeError' })).toBe(false)
})
