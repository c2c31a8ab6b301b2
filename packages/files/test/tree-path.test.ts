import { expect, test } from 'vitest'

import {
  badName,
  faultOf,
  folderOf,
  isWithin,
  join,
  nameOf,
  partsOf,
  resolvedLink,
} from '../src/tree-path.ts'

test('paths are made and taken apart', () => {
  expect([partsOf(''), partsOf('a/b')]).toEqual([[], ['a', 'b']])
  expect([join('', 'a'), join('a', 'b')]).toEqual(['a', 'a/b'])
  expect([folderOf('a'), folderOf('a/b/c'), nameOf('a'), nameOf('a/b')]).toEqual([
    '',
    'a/b',
    'a',
    'b',
  ])
  expect([
    isWithin('', 'a'),
    isWithin('a', 'a'),
    isWithin('a', 'a/b'),
    isWithin('a', 'ab'),
  ]).toEqual([true, true, true, false])
})

test('what leads elsewhere is no path', () => {
  for (const path of ['..', 'a/..', '/a', 'a//b', 'a/', '.', 'a\0']) {
    expect(() => partsOf(path)).toThrow(expect.objectContaining({ code: 'NET_BAD_NAME' }))
  }
  expect(faultOf('a')).toBeUndefined()
  expect(badName('a\n', 'it is bad').message).toContain('"a\\n"')
})

test.each([
  ['in/link', 'a', 'in/a'],
  ['in/link', '../b', 'b'],
  ['in/link', './a//b/.', 'in/a/b'],
  ['in/link', '..', ''],
  ['in/link', '../..', undefined],
  ['link', '../x', undefined],
  ['link', '/etc', undefined],
])('a link at %s to %s leads to %s', (path, target, end) => {
  expect(resolvedLink(path, target)).toBe(end)
})
