import { expect, test } from 'vitest'

import { httpDate } from '../src/http-date.ts'

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 784_111_777_000],
  ['Sun Nov  6 08:49:37 1994', 784_111_777_000],
  ['0', undefined],
  ['-1', undefined],
  ['1994-11-06', undefined],
  ['Sun, 99 Nov 1994 08:49:37 GMT', undefined],
  ['', undefined],
])('%s is %s', (text, expected) => {
  expect(httpDate(text)).toBe(expected)
})
