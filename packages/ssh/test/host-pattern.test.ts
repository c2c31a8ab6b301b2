import { expect, test } from 'vitest'

import { matchesPattern } from '../src/host-pattern.ts'

test('stars and question marks, as a whole', () => {
  for (const [pattern, text, fits] of [
    ['*.example.com', 'db.example.com', true],
    ['*.example.com', 'example.com', false],
    ['db?', 'db1', true],
    ['db?', 'db', false],
    ['*', '', true],
    ['a*b*c', 'aXbXbXc', true],
    ['', 'a', false],
  ] as const) {
    expect([pattern, text, matchesPattern(pattern, text)]).toEqual([pattern, text, fits])
  }
})
