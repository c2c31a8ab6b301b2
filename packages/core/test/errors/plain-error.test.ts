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

test('what a caller gave as a cause is given as far as JSON and messages between threads can carry it', () => {
  const circle: Record<string, unknown> = { name: 'circle' }
  circle['self'] = circle
  const list: unknown[] = [1]
  list.push(list)
  const unreadable = {
    get name(): string {
      throw new Error('unreadable')
    },
  }
  const causes = [
    circle,
    list,
    10n,
    Symbol('over'),
    () => 1,
    unreadable,
    { at: new Date(0), f() {} },
  ]
  const told = causes.map((cause) => {
    const plain = netError('NET_ABORTED', { message: 'x', cause }).toJSON()
    expect(structuredClone(plain)).toEqual(plain)
    return (JSON.parse(JSON.stringify(plain)) as { readonly cause: unknown }).cause
  })
  expect(told).toEqual([
    '[object Object]',
    [1, expect.any(String)],
    '10',
    'Symbol(over)',
    '() => 1',
    '[object Object]',
    { at: '1970-01-01T00:00:00.000Z' },
  ])
})
