import { expect, test } from 'vitest'

import { namePattern } from '../../src/sftp/name-pattern.ts'

test('patterns mean what they mean in a shell', () => {
  for (const [pattern, base, yes, no] of [
    ['*.csv', '', ['a.csv'], ['a.txt', 'b/a.csv', '.a.csv']],
    ['/in/*.csv', '/in', ['a.csv'], ['x/a.csv']],
    ['/*', '/', ['a'], ['.a', 'a/b']],
    ['in/a?[bc].txt', 'in', ['axb.txt', 'a.c.txt'], ['ab.txt', 'axd.txt']],
    ['in/[!a]*', 'in', ['b', 'bc'], ['a', 'ab']],
    ['in/**/x', 'in', ['x', 'a/x', 'a/b/x'], ['a/y', '.a/x']],
    ['in/**', 'in', ['a', 'a/b'], ['.a']],
    ['in/a+b(c).*', 'in', ['a+b(c).x'], ['aab(c).x']],
    ['in/report.csv', 'in', ['report.csv'], ['reportxcsv']],
    ['report.csv', '', ['report.csv'], ['other']],
    ['.*', '', ['.a'], ['a']],
  ] as const) {
    const made = namePattern(pattern)
    expect([pattern, made.base]).toEqual([pattern, base])
    expect([pattern, ...yes.map((path) => made.matches(path))]).toEqual([
      pattern,
      ...yes.map(() => true),
    ])
    expect([pattern, ...no.map((path) => made.matches(path))]).toEqual([
      pattern,
      ...no.map(() => false),
    ])
  }
})

test('only folders are looked into in which something can be meant', () => {
  const made = namePattern('in/a*/b/*.csv')
  expect(['a', 'ax', 'b', 'a/b', 'a/c', 'a/b/d'].map((path) => made.canContain(path))).toEqual([
    true,
    true,
    false,
    true,
    false,
    false,
  ])
  const deep = namePattern('in/**/x')
  expect(['a', 'a/b', '.a'].map((path) => deep.canContain(path))).toEqual([true, true, false])
})

test('an empty pattern is none', () => {
  expect(() => namePattern('')).toThrow('the pattern is empty')
})
