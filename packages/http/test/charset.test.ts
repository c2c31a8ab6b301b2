import { expect, test } from 'vitest'

import { charsetIn } from '../src/charset.ts'

test.each([
  [undefined, 'utf-8'],
  ['text/html', 'utf-8'],
  ['text/html; charset=ISO-8859-1', 'ISO-8859-1'],
  ['text/html;charset="windows-1252"; x=y', 'windows-1252'],
  ["text/html; charset='utf-8'", 'utf-8'],
  ['text/html; charset=utf8mb4', 'utf-8'],
  ['text/html; charset=utf-8,gbk', 'utf-8'],
  ['text/html; charset=klingon,gbk', 'gbk'],
  ['text/html; charset=klingon', 'klingon'],
])('%s: %s', (type, charset) => {
  expect(charsetIn(type)).toBe(charset)
})
