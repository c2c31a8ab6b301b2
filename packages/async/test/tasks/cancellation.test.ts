import { abortError, netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { asError, isCancellation } from '../../src/tasks/cancellation.ts'

const limit = netError('NET_TIMEOUT_TOTAL', { message: 'too late', limit: 5 })

test('the reason itself, any abort, and a limit passed on inwards are cancellations', () => {
  expect(isCancellation('why', 'why')).toBe(true)
  expect(isCancellation(new DOMException('stop', 'AbortError'), 'why')).toBe(true)
  expect(isCancellation(abortError('why'), 'why')).toBe(true)
  expect(isCancellation(abortError(abortError(limit)), limit)).toBe(true)
  // As Node's own waits tell the reason of their signal.
  const told = Object.assign(new Error('aborted', { cause: limit }), { name: 'AbortError' })
  expect(isCancellation(told, limit)).toBe(true)
  expect(isCancellation(told, netError('NET_TIMEOUT_TOTAL', { message: 'another' }))).toBe(false)
})

test('other errors are not, even if an abort is their cause', () => {
  expect(isCancellation(new Error('disk'), 'why')).toBe(false)
  expect(isCancellation(netError('NET_TIMEOUT_TOTAL', { message: 'another' }), limit)).toBe(false)
  const leak = netError('NET_TASK_LEAKED', { message: 'left', cause: limit })
  expect(isCancellation(leak, limit)).toBe(false)
})

test('a thrown value that is not an error becomes one, with the value as its cause', () => {
  const error = new Error('x')
  expect(asError(error)).toBe(error)
  expect(asError('x')).toMatchObject({ message: 'x', cause: 'x' })
})

test('also one without a text', () => {
  const bare: unknown = Object.create(null)
  expect(asError(bare)).toMatchObject({ message: 'what was thrown cannot be read', cause: bare })
})
