import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'

import { PlainErrors } from '../../src/errors/plain-error.ts'

const isOurs = (value: unknown): value is Error => value instanceof Error && 'retry' in value

test('an error is given with those within it, each in full in one place', () => {
  const first = netError('NET_CONN_RESET', { message: 'first' })
  const error = netError('NET_CONN_RESET', { message: 'x', attempts: [first], cause: first })
  const plain = new PlainErrors(isOurs, ({ message }) => message).of(error)
  expect(plain).toMatchObject({
    name: 'ConnectionLostError',
    attempts: [{ message: 'first', retry: 'idempotent' }],
    cause: { message: 'first', code: 'NET_CONN_RESET' },
  })
  expect(plain['cause']).not.toHaveProperty('retry')
})
