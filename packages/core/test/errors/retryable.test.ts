import { isRetryable } from '@net/core'
import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

const refused = netError('NET_CONNECT_REFUSED', { message: 'x' })
const lost = netError('NET_CONN_RESET', { message: 'x', retry: 'idempotent' })

test('a safe error is worth a repeat, an unknown outcome only of idempotent work', () => {
  expect([isRetryable(refused), isRetryable(lost)]).toEqual([true, false])
  expect(isRetryable(lost, { idempotent: true })).toBe(true)
  expect(isRetryable(new Error('x'), { idempotent: true })).toBe(false)
})

test('options that do not exist, or are of another shape, are refused', () => {
  const refusal = (options: unknown): (() => void) => {
    return () => isRetryable(lost, options as { idempotent?: boolean })
  }
  expect(refusal({ idempotant: true })).toThrow(/no idempotant; did you mean idempotent/)
  expect(refusal({ idempotent: 'yes' })).toThrow(/idempotent must be true or false/)
  expect(refusal(true)).toThrow(/must be an object of options, not a boolean/)
})
