import { expect, test } from 'vitest'

import { KnownMethods } from '../../src/login/known-methods.ts'

test('what was learnt last is known, until it is forgotten or too old', () => {
  const known = new KnownMethods(2)
  expect(known.of('a')).toBeUndefined()
  known.learn('a', ['password'])
  known.learn('b', ['publickey'])
  known.learn('a', ['publickey'])
  expect(known.of('a')).toEqual(['publickey'])
  known.learn('c', ['password'])
  expect([known.of('a'), known.of('b'), known.of('c')]).toEqual([
    ['publickey'],
    undefined,
    ['password'],
  ])
  known.forget('a')
  expect(known.of('a')).toBeUndefined()
})
