import { NetTimeoutError } from '@net/core'
import { netError } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

import { revived, type ForeignError } from '../../src/thread/thrown.ts'

function thrown(name: string, more: Partial<ForeignError> = {}): ForeignError {
  return {
    kind: 'error',
    name,
    message: 'it failed',
    stack: `${name}: it failed\n    at there`,
    fields: {},
    cause: undefined,
    errors: undefined,
    ...more,
  }
}

describe('revived', () => {
  test('a value is itself', () => {
    expect(revived({ kind: 'value', value: 7 })).toBe(7)
  })

  test('a built-in class comes back as that class, with its stack and fields', () => {
    const error = revived(thrown('RangeError', { fields: { code: 'E_X' } }))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ code: 'E_X', stack: 'RangeError: it failed\n    at there' })
  })

  test('any other class comes back as an Error of that name', () => {
    const error = revived(thrown('OwnError')) as Error
    expect(error.name).toBe('OwnError')
    expect(Object.keys(error)).toEqual([])
  })

  test('an error of these packages comes back as one, with what it knows', () => {
    const before = netError('NET_TIMEOUT_REPLY', {
      message: 'no reply came',
      operation: 'GET',
      limit: 5,
      cause: netError('NET_CONN_RESET', { message: 'the connection was reset' }),
    })
    const error = revived({ kind: 'ours', plain: before.toJSON(), stack: before.stack })
    expect(error).toBeInstanceOf(NetTimeoutError)
    expect(error).toMatchObject({
      name: 'TimeoutError',
      code: 'NET_TIMEOUT_REPLY',
      message: 'GET: no reply came',
      limit: 5,
      stack: before.stack,
      cause: { code: 'NET_CONN_RESET' },
    })
  })

  test('causes and grouped errors come along', () => {
    const inner = thrown('TypeError')
    const grouped = revived(thrown('AggregateError', { errors: [inner, inner], cause: inner }))
    expect(grouped).toBeInstanceOf(AggregateError)
    expect(grouped).toMatchObject({
      cause: { name: 'TypeError' },
      errors: [{ name: 'TypeError' }, {}],
    })
  })
})
