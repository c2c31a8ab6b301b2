import { HttpHeaders, type CacheEntry, type HeaderFields } from '@net/http'
import { expect, test } from 'vitest'

import {
  ageOf,
  conditions,
  freshened,
  isAboutAnother,
  keptHeaders,
  mayKeep,
  mayStandIn,
  mayUse,
  onlyIfCached,
  useOf,
} from '../../src/cache/rules.ts'

const DATE = 'Thu, 01 Jan 1970 00:00:00 GMT'
const of = (fields: HeaderFields): HttpHeaders => new HttpHeaders(fields)
const entry = (fields: HeaderFields, more: Partial<CacheEntry> = {}): CacheEntry => ({
  status: 200,
  statusText: 'OK',
  headers: of({ date: DATE, ...(fields as object) }).wire,
  body: new Uint8Array(),
  vary: [],
  authorization: undefined,
  cookie: undefined,
  requested: 0,
  received: 0,
  ...more,
})

test.each<[string, HeaderFields, boolean]>([
  ['GET', {}, true],
  ['POST', {}, false],
  ['GET', { range: 'bytes=0-1' }, false],
  ['GET', { 'if-none-match': '"a"' }, false],
  ['GET', { 'cache-control': 'no-store' }, false],
])('[HTTP-60] %s with %j may use the cache: %s', (method, fields, expected) => {
  expect(mayUse(method, of(fields))).toBe(expected)
})

test.each<[number, HeaderFields, boolean]>([
  [200, { 'cache-control': 'max-age=60' }, true],
  [200, { 'cache-control': 'private, max-age=60' }, true],
  [200, { expires: DATE }, true],
  [200, { etag: '"a"' }, true],
  [200, { 'last-modified': DATE }, true],
  [200, {}, false],
  [200, { 'cache-control': 'no-store, max-age=60' }, false],
  [200, { 'cache-control': 'max-age=60', vary: '*' }, false],
  [206, { 'cache-control': 'max-age=60' }, false],
  [302, { etag: '"a"' }, false],
  [302, { 'cache-control': 'max-age=60' }, true],
  [404, { 'last-modified': DATE }, true],
  [500, { etag: '"a"', 'cache-control': 'public' }, true],
  [299, { 'cache-control': 'must-understand, max-age=60' }, false],
])('an answer of %i with %j may be kept: %s', (status, fields, expected) => {
  expect(mayKeep(status, of(fields))).toBe(expected)
})

test.each<[string, HeaderFields, number, string]>([
  ['within max-age', { 'cache-control': 'max-age=60' }, 59_000, 'fresh'],
  ['at the end of max-age', { 'cache-control': 'max-age=60' }, 60_000, 'validate'],
  [
    's-maxage is for shared caches',
    { 'cache-control': 'max-age=60, s-maxage=600' },
    100_000,
    'validate',
  ],
  ['within Expires', { expires: 'Thu, 01 Jan 1970 00:01:00 GMT' }, 59_000, 'fresh'],
  ['max-age wins over Expires', { expires: DATE, 'cache-control': 'max-age=60' }, 59_000, 'fresh'],
  ['Expires that is no date', { expires: '0' }, 0, 'validate'],
  ['no-cache', { 'cache-control': 'no-cache, max-age=60' }, 0, 'validate'],
  ['old when it came', { 'cache-control': 'max-age=60', age: '50' }, 11_000, 'validate'],
  ['only a tag', { etag: '"a"' }, 0, 'validate'],
  ['a tenth of its age', { 'last-modified': 'Wed, 31 Dec 1969 00:00:00 GMT' }, 8_000_000, 'fresh'],
  [
    'more than a tenth of its age',
    { 'last-modified': 'Wed, 31 Dec 1969 00:00:00 GMT' },
    9_000_000,
    'validate',
  ],
])('[HTTP-60] %s', (_what, fields, now, expected) => {
  expect(useOf(entry(fields), HttpHeaders.none, now)).toBe(expected)
})

test.each<[string, HeaderFields, number, string]>([
  ['no-cache', { 'cache-control': 'no-cache' }, 0, 'validate'],
  ['Pragma', { pragma: 'no-cache' }, 0, 'validate'],
  [
    'Pragma beside Cache-Control',
    { pragma: 'no-cache', 'cache-control': 'max-age=100' },
    0,
    'fresh',
  ],
  ['max-age', { 'cache-control': 'max-age=10' }, 11_000, 'validate'],
  ['min-fresh', { 'cache-control': 'min-fresh=30' }, 31_000, 'validate'],
  ['max-stale without a number', { 'cache-control': 'max-stale' }, 900_000, 'stale'],
  ['max-stale', { 'cache-control': 'max-stale=10' }, 70_000, 'stale'],
  ['beyond max-stale', { 'cache-control': 'max-stale=10' }, 71_000, 'validate'],
])('the caller says %s', (_what, fields, now, expected) => {
  expect(useOf(entry({ 'cache-control': 'max-age=60' }), of(fields), now)).toBe(expected)
})

test('what must be validated is never stale', () => {
  const must = entry({ 'cache-control': 'max-age=60, must-revalidate, stale-if-error=600' })
  expect(useOf(must, of({ 'cache-control': 'max-stale' }), 61_000)).toBe('validate')
  expect(mayStandIn(must, HttpHeaders.none, 61_000)).toBe(false)
})

test('an answer stands in for a failing server as long as it or the caller says', () => {
  const said = entry({ 'cache-control': 'max-age=60, stale-if-error=30' })
  expect([
    mayStandIn(said, HttpHeaders.none, 90_000),
    mayStandIn(said, HttpHeaders.none, 91_000),
  ]).toEqual([true, false])
  const silent = entry({ 'cache-control': 'max-age=60' })
  expect(mayStandIn(silent, HttpHeaders.none, 61_000)).toBe(false)
  expect(mayStandIn(silent, of({ 'cache-control': 'stale-if-error=5' }), 61_000)).toBe(true)
})

test('the age counts the time on the way, and what caches before said', () => {
  expect(ageOf(entry({ age: '10' }, { requested: 0, received: 2000 }), 5000)).toBe(15_000)
  expect(ageOf(entry({}, { requested: 0, received: 30_000 }), 30_000)).toBe(30_000)
})

test('what belongs to a connection or to a jar is not kept', () => {
  const kept = keptHeaders(
    of({
      connection: 'x-mine, close',
      'x-mine': '1',
      'set-cookie': 'a=1',
      'transfer-encoding': 'chunked',
      etag: '"a"',
    }),
  )
  expect(kept.wire).toEqual(['etag', '"a"'])
})

test('conditions name what the entry has', () => {
  expect(conditions(entry({}))).toEqual({})
  expect(conditions(entry({ etag: 'W/"a"', 'last-modified': DATE }))).toEqual({
    'if-none-match': 'W/"a"',
    'if-modified-since': DATE,
  })
})

test.each([
  [undefined, false],
  ['"a"', false],
  ['W/"a"', false],
  ['"b"', true],
])('a 304 with the tag %s is about another answer: %s', (etag, expected) => {
  expect(isAboutAnother(entry({ etag: '"a"' }), of({ etag }))).toBe(expected)
})

test('a 304 says anew how long it holds, and nothing of the body', () => {
  const before = entry({
    etag: '"a"',
    'content-type': 'application/json',
    'cache-control': 'max-age=1',
    age: '1',
    'x-a': '1',
  })
  const answer = of({
    date: 'Thu, 01 Jan 1970 00:10:00 GMT',
    'cache-control': 'max-age=60',
    'content-type': 'text/html',
    'content-length': 0,
    'content-encoding': 'gzip',
    'set-cookie': 'a=1',
    'x-a': '2',
  })
  const after = freshened(before, answer, { requested: 600_000, received: 600_000 })
  expect(of(HttpHeaders.received(after.headers)).toJSON()).toEqual({
    etag: '"a"',
    'content-type': 'application/json',
    date: 'Thu, 01 Jan 1970 00:10:00 GMT',
    'cache-control': 'max-age=60',
    'x-a': '2',
  })
  expect(useOf(after, HttpHeaders.none, 659_000)).toBe('fresh')
})

test('only-if-cached is what the caller says', () => {
  expect([
    onlyIfCached(of({ 'cache-control': 'only-if-cached' })),
    onlyIfCached(HttpHeaders.none),
  ]).toEqual([true, false])
})
