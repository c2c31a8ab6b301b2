import { expect, test } from 'vitest'

import { Filter } from '../src/filter.ts'

test('hides what is excluded, and what is not included', () => {
  const filter = new Filter({ exclude: ['tmp/'], include: ['*.csv', 'docs/'] })
  expect(filter.hides('tmp', true)).toBe(true)
  expect(filter.hides('tmp/a.csv', false)).toBe(true)
  expect(filter.hides('in/a.csv', false)).toBe(false)
  expect(filter.hides('in/a.txt', false)).toBe(true)
  expect(filter.hides('docs/any', false)).toBe(false)
  expect(filter.hides('in', true)).toBe(false)
  expect([filter.wantsFolder('in'), filter.wantsFolder('docs')]).toEqual([false, true])
})

test('without patterns only its own paths are hidden', () => {
  const filter = new Filter({}, ['.state'])
  expect([filter.hides('.state', false), filter.hides('a', false)]).toEqual([true, false])
  expect(filter.wantsFolder('in')).toBe(true)
  expect(filter.key).not.toBe(new Filter({ exclude: ['a'] }).key)
})

test('says whether it hides anything at all', () => {
  expect(new Filter({}).hidesAny).toBe(false)
  expect(new Filter({}, ['.state']).hidesAny).toBe(true)
  expect(new Filter({ exclude: ['a'] }).hidesAny).toBe(true)
  expect(new Filter({ include: ['a'] }).hidesAny).toBe(true)
})

test('a folder in which an own path lies, or will lie, is known', () => {
  const filter = new Filter({}, ['in/meta/.state'])
  expect(['', 'in', 'in/meta', 'in/other', 'i'].map((path) => filter.holdsOwn(path))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})
