import { inspect } from 'node:util'

import { canary, expectNoCanary } from '@tools/canary'
import { HttpHeaders, HttpRequest, type RequestChanges } from '@net/http'
import { expect, test } from 'vitest'

import { placeOf } from '../src/place.ts'
import { RequestFactory } from '../src/request-factory.ts'
import { isIdempotent, placeOfRequest, requestTo } from '../src/request.ts'

const url = new URL('http://host/a')

test('a copy has the changes, and the original stays', () => {
  const body = { bytes: new Uint8Array(1), replayable: true, begun: false }
  const request = new HttpRequest('POST', url, new HttpHeaders({ a: '1', b: '2' }), body)
  const copy = request.with({ method: 'PUT', headers: { b: null, c: '3' } })
  expect([copy.method, copy.url, copy.body]).toEqual(['PUT', url, body])
  expect([...copy.headers]).toEqual([
    ['a', '1'],
    ['c', '3'],
  ])
  expect(request.method).toBe('POST')
  expect(request.with({ body: null }).body).toBeUndefined()
})

test('HttpHeaders replace all', () => {
  const request = new HttpRequest('GET', url, new HttpHeaders({ a: '1' }))
  expect([...request.with({ headers: new HttpHeaders({ b: '2' }) }).headers]).toEqual([['b', '2']])
})

test.each([
  ['GET', true],
  ['PUT', true],
  ['DELETE', true],
  ['POST', false],
  ['PATCH', false],
  ['LOCK', false],
])('%s idempotent: %s', (method, expected) => {
  expect(isIdempotent(method)).toBe(expected)
})

test('a request prints without its body and without secrets', () => {
  const headers = new HttpHeaders({ authorization: `Bearer ${canary('request')}` })
  const { request } = new RequestFactory({}, 1).prepare(
    'GET',
    `http://host/?token=${canary('query')}`,
    {
      options: { headers },
      json: false,
    },
  )
  expectNoCanary(request)
  expect(inspect(request)).toContain("method: 'GET'")
})

test('a copy has the changes that exist, and no others', () => {
  const request = new HttpRequest('GET', new URL('http://host/a'), HttpHeaders.none)
  const nothing = { method: undefined, url: undefined, headers: undefined, body: undefined }
  expect(request.with(nothing)).toMatchObject({ method: 'GET', url: request.url })
  const inherited = Object.create({ method: 'DELETE' }) as RequestChanges
  expect(request.with(inherited).method).toBe('GET')
  for (const [wrong, message] of [
    [{ header: {} }, 'the options have no header; use headers'],
    [{ url: '/b' }, 'url must be a URL, not a string'],
    [{ body: 'x' }, 'body must be the body of a request, or null, not a string'],
    [null, 'the argument must be an object of options, not null'],
  ] as const) {
    expect(() => request.with(wrong as never)).toThrow(`http HttpRequest.with: ${message}`)
  }
})

test('the constructor refuses what is no method, URL, headers or body', () => {
  const wrong: readonly [readonly unknown[], RegExp][] = [
    [[5, url, HttpHeaders.none], /new HttpRequest: method must be a string, not a number/],
    [['GET', 'http://host/a', HttpHeaders.none], /url must be a URL, not a string/],
    [['GET', url, { a: '1' }], /headers must be HttpHeaders, such as new HttpHeaders\(\{ … \}\)/],
    [['GET', url, HttpHeaders.none, 'text'], /body must be the body of a request, or null/],
  ]
  for (const [parts, message] of wrong) {
    expect(() => Reflect.construct(HttpRequest, parts)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', message: expect.stringMatching(message) }),
    )
  }
})

test('a request to a place in parts has the URL, which a middleware may change', () => {
  const place = placeOf(new URL('http://host/a?b=1'))
  const request = requestTo('GET', { place }, HttpHeaders.none, undefined)
  expect([request.origin, request.path]).toEqual(['http://host', '/a?b=1'])
  expect(placeOfRequest(request)).toBe(place)
  expect(request.url.href).toBe('http://host/a?b=1')
  request.url.pathname = '/c'
  expect(request.path).toBe('/c?b=1')
  expect(placeOfRequest(request).href).toBe('http://host/c?b=1')
  expect(place.path).toBe('/a?b=1')
})

test('a copy goes to the same place, with the URL that a middleware changed', () => {
  const place = placeOf(new URL('http://host/a'))
  const request = requestTo('GET', { place }, HttpHeaders.none, undefined)
  expect(placeOfRequest(request.with({ method: 'PUT' }))).toBe(place)
  request.url.pathname = '/b'
  const copy = request.with({ headers: { a: '1' } })
  expect([copy.path, copy.url.href]).toEqual(['/b', 'http://host/b'])
  expect(request.with({ url: new URL('http://other/') }).origin).toBe('http://other')
})
