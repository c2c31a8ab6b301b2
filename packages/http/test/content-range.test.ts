import { expect, test } from 'vitest'

import { contentRangeOf, unsatisfiedSizeOf } from '../src/content-range.ts'
import { HttpHeaders } from '../src/headers.ts'

const headers = (range: string): HttpHeaders => new HttpHeaders({ 'content-range': range })

test.each([
  ['bytes 0-4/10', { first: 0, last: 4, size: 10 }],
  ['bytes 5-9/*', { first: 5, last: 9, size: undefined }],
  ['Bytes 9-9/10', { first: 9, last: 9, size: 10 }],
  ['bytes 5-4/10', undefined],
  ['bytes 0-10/10', undefined],
  ['bytes -10-9/10', undefined],
  ['bytes */10', undefined],
  ['lines 0-4/10', undefined],
  ['bytes 0-4/10, bytes 5-9/10', undefined],
])('a Content-Range of %s', (range, part) => {
  expect(contentRangeOf(headers(range))).toEqual(part)
})

test('the size that a refusal tells', () => {
  expect(unsatisfiedSizeOf(headers('bytes */10'))).toBe(10)
  expect(unsatisfiedSizeOf(headers('bytes 0-4/10'))).toBeUndefined()
  expect(unsatisfiedSizeOf(HttpHeaders.none)).toBeUndefined()
})
