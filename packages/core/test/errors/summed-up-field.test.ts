import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { groupError, netError } from '@net/core/authoring'

import { sumUp } from '../../src/errors/summed-up-field.ts'

/** The fields of an error that nobody has caught, as Node prints them. */
function uncaught(error: Error): readonly string[] {
  const printed = inspect(error, { customInspect: false, depth: 5 }).split('\n')
  return printed.filter((line) => /^ {2}\[?\w/.test(line))
}

test('what Node prints of an error that nobody caught has no error behind it, and none within it, whole', () => {
  const cause = Object.assign(new Error('behind'), { code: 'ECONNREFUSED', errno: -111 })
  const error = netError('NET_CONNECT_REFUSED', {
    message: 'x',
    cause,
    attempts: [new Error('first')],
    partial: { much: ['of', 'it'] },
  })
  const group = groupError([error, error], 'two failed')
  expect(uncaught(error)).toEqual([
    "  code: 'NET_CONNECT_REFUSED',",
    "  retry: 'safe',",
    '  partial: [Getter/Setter],',
    '  [cause]: [Getter/Setter]',
  ])
  expect(uncaught(group)).toEqual([
    "  code: 'NET_GROUP',",
    "  retry: 'safe',",
    '  errors: [Getter/Setter]',
  ])
})

test('a field that is summed up reads as any other, and can be set', () => {
  const error = netError('NET_CLOSED', { message: 'x', cause: 'one', partial: 'half' })
  expect([error.cause, error.partial, Object.keys(error)]).toEqual([
    'one',
    'half',
    ['code', 'retry', 'partial'],
  ])
  error.cause = 'another'
  expect(error.cause).toBe('another')
  expect(inspect(error, { customInspect: false })).toContain('[cause]: [Getter/Setter]')
  expect(Object.assign({}, error)).toEqual({
    code: 'NET_CLOSED',
    retry: error.retry,
    partial: 'half',
  })
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ cause: 'another', partial: 'half' })
})

test('a field can be summed up of any error', () => {
  const error = new Error('x')
  sumUp(error, 'partial', [1])
  expect(Reflect.get(error, 'partial')).toEqual([1])
})
