import { expect, test } from 'vitest'

import { HttpHeaders } from '../src/headers.ts'
import { mayBe, versionOf } from '../src/part-version.ts'

const LATE = 'Mon, 01 Jan 2024 10:01:00 GMT'
const EARLY = 'Mon, 01 Jan 2024 10:00:00 GMT'

test.each([
  [{ etag: '"a"' }, '"a"'],
  [{ etag: 'W/"a"' }, undefined],
  [{ etag: 'W/"a"', 'last-modified': EARLY, date: LATE }, EARLY],
  [{ 'last-modified': EARLY, date: 'Mon, 01 Jan 2024 10:00:59 GMT' }, undefined],
  [{ 'last-modified': EARLY }, undefined],
])('the validator of %o is %s', (fields, validator) => {
  expect(versionOf(new HttpHeaders(fields), 5).validator).toBe(validator)
})

test('another tag, date or size is another version; what is not said is none', () => {
  const version = { validator: '"a"', size: 5 }
  expect(mayBe(version, new HttpHeaders({ etag: '"a"' }), 5)).toBe(true)
  expect(mayBe(version, HttpHeaders.none, undefined)).toBe(true)
  expect(mayBe(version, new HttpHeaders({ etag: '"b"' }), 5)).toBe(false)
  expect(mayBe(version, new HttpHeaders({ etag: '"a"' }), 6)).toBe(false)
  expect(mayBe({ validator: EARLY }, new HttpHeaders({ 'last-modified': LATE }), 5)).toBe(false)
  expect(mayBe({}, new HttpHeaders({ etag: '"b"' }), 6)).toBe(true)
})
