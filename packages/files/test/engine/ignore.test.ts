import { expect, test } from 'vitest'

import { pathTest } from '../../src/engine/ignore.ts'

test.each([
  ['*.log', 'in/a.log', true],
  ['*.log', 'in/a.LOG', false],
  ['/top', 'in/top', false],
  ['build/', 'build/deep/a', true],
  ['build/', 'in/build/a', true],
  ['in/**/x', 'in/a/b/x', true],
  ['#x', '#x', false],
  ['\\#x', '#x', true],
])('%s means %s: %s', (pattern, path, expected) => {
  expect(pathTest([pattern])(path, false)).toBe(expected)
})

test('what was meant is taken back, and folders are told from files', () => {
  const test = pathTest(['*.log', '!keep.log', 'data/'])
  expect([test('a.log', false), test('keep.log', false)]).toEqual([true, false])
  expect([test('data', true), test('data', false), test('', true)]).toEqual([true, false, false])
})

test('names of peers pass, whatever they look like', () => {
  const test = pathTest(['x'])
  for (const name of ['./a', '.../x', ' ', '\\', 'C:\\x', '-rf', '!a', '~'])
    expect(test(name, false)).toBeTypeOf('boolean')
})
