import { expect, test } from 'vitest'

import { ArrivingRequest } from '../../src/testing/seen-request.ts'

const seen = (method: string, target: string, fields: readonly string[] = []): ArrivingRequest =>
  new ArrivingRequest({ method, target, fields })

test.each([
  ['GET', '/a/b?c=1&c=2', '/a/b', ['1', '2']],
  ['GET', 'http://example.com/a?c=3', '/a', ['3']],
  ['OPTIONS', '*', '*', []],
  ['CONNECT', 'example.com:443', 'example.com:443', []],
])('%s %s', (method, target, path, values) => {
  const request = seen(method, target)
  expect([request.path, request.query.getAll('c'), request.target]).toEqual([path, values, target])
})

test('fields by name in lower case, several lines as one', () => {
  const fields = [
    'Host',
    'a',
    'X-A',
    '1',
    'x-a',
    '2',
    'Cookie',
    'a=1',
    'cookie',
    'b=2',
    '__proto__',
    'c',
  ]
  const { headers, rawHeaders } = seen('GET', '/', fields)
  expect(headers).toMatchObject({ host: 'a', 'x-a': '1, 2', cookie: 'a=1; b=2' })
  expect(Object.keys(headers)).toContain('__proto__')
  expect(rawHeaders).toBe(fields)
})

test('a body is kept up to a mebibyte, and counted beyond', () => {
  const request = seen('PUT', '/')
  for (let part = 0; part < 3; part++) request.keep(new Uint8Array(500_000))
  expect([request.body.length, request.size, request.complete]).toEqual([
    1_048_576,
    1_500_000,
    false,
  ])
})

test('what is kept of a body is its beginning, without gaps', () => {
  const request = seen('PUT', '/')
  const sizes = [1_000_000, 100_000, 10_000, 5]
  for (const [at, size] of sizes.entries()) request.keep(Buffer.alloc(size, at))
  const whole = Buffer.concat(sizes.map((size, at) => Buffer.alloc(size, at)))
  expect(whole.subarray(0, 1_048_576).equals(request.body)).toBe(true)
})
