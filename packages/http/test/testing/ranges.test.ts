import { expect, test } from 'vitest'

import { partOf } from '../../src/testing/ranges.ts'

const body = { size: 10, etag: '"a"', modified: 'Sun, 29 Nov 2026 10:00:00 GMT' }

test.each([
  ['bytes=0-3', { from: 0, to: 3 }],
  ['bytes=4-', { from: 4, to: 9 }],
  ['bytes=4-99', { from: 4, to: 9 }],
  ['bytes=-3', { from: 7, to: 9 }],
  ['bytes=-99', { from: 0, to: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-4', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=0-1,3-4', 'whole'],
  ['lines=0-3', 'whole'],
] as const)('%s of ten bytes', (range, part) => {
  expect(partOf({ range }, body)).toEqual(part)
})

test.each([
  ['"a"', { from: 0, to: 3 }],
  ['"b"', 'whole'],
  ['W/"a"', 'whole'],
  [body.modified, { from: 0, to: 3 }],
  ['Sun, 29 Nov 2026 11:00:00 GMT', 'whole'],
] as const)('a part on the condition %s', (condition, part) => {
  expect(partOf({ range: 'bytes=0-3', 'if-range': condition }, body)).toEqual(part)
})

test.each([
  [{ 'if-none-match': '"b", W/"a"' }, 'unchanged'],
  [{ 'if-none-match': '"b"', 'if-modified-since': body.modified }, 'whole'],
  [{ 'if-modified-since': body.modified }, 'unchanged'],
  [{ 'if-modified-since': 'Sun, 29 Nov 2026 09:00:00 GMT' }, 'whole'],
  [{}, 'whole'],
])('what the client has already is not sent again: %j', (fields, part) => {
  expect(partOf(fields, body)).toBe(part)
})
