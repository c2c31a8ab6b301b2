import { HttpHeaders } from '@net/http'
import { expect, test } from 'vitest'

import { directivesOf, secondsOf } from '../../src/cache/directives.ts'

const read = (value: string): Record<string, string> =>
  Object.fromEntries(directivesOf(new HttpHeaders({ 'cache-control': value })))

test.each<[string, Record<string, string>]>([
  ['max-age=60, Public', { 'max-age': '60', public: '' }],
  ['private="set-cookie, x-a", max-age="5"', { private: 'set-cookie, x-a', 'max-age': '5' }],
  ['max-age=1, max-age=2', { 'max-age': '1' }],
  [' , no-store ,', { 'no-store': '' }],
  ['', {}],
])('%s', (value, expected) => {
  expect(read(value)).toEqual(expected)
})

test.each([
  ['max-age=60', 60_000],
  ['max-age=99999999999999', 2_147_483_648_000],
  ['max-age=soon', 0],
  ['max-age=-1', 0],
  ['public', undefined],
])('%s is %s ms', (value, expected) => {
  expect(secondsOf(directivesOf(new HttpHeaders({ 'cache-control': value })), 'max-age')).toBe(
    expected,
  )
})

test('without the field nothing is said', () => {
  expect(directivesOf(HttpHeaders.none).size).toBe(0)
})
