import { expect, test } from 'vitest'

import { givenFetch } from '../src/fetch-arguments.ts'

test('what the caller may change is copied, and what is not its own to change stays', () => {
  const [url, headers] = [new URL('http://host.example/a'), new Headers({ 'x-a': '1' })]
  const [bytes, form] = [Uint8Array.of(1, 2), new FormData()]
  form.set('a', '1')
  const given = givenFetch(url, { method: 'POST', headers, body: bytes })
  headers.set('x-a', '2')
  bytes.fill(9)
  url.pathname = '/b'
  expect(given).toMatchObject({ input: 'http://host.example/a', init: { method: 'POST' } })
  expect(new Headers(given.init?.headers).get('x-a')).toBe('1')
  expect(given.init?.body).toEqual(Uint8Array.of(1, 2))
  const parts = givenFetch('http://host.example', { body: form }).init?.body
  form.set('a', '2')
  expect((parts as FormData).get('a')).toBe('1')
  const stream = new ReadableStream()
  expect(givenFetch('http://host.example', { body: stream }).init?.body).toBe(stream)
})

test.each([
  ['http://host.example', undefined],
  ['http://host.example', { headers: null }],
  ['http://host.example', { headers: [['a']] }],
  ['http://host.example', { body: '' }],
  ['http://host.example', { body: null }],
])('%o with %o passes as it is', (input, init) => {
  const given = givenFetch(input, init as unknown as RequestInit)
  expect(given.input).toBe(input)
  if (init === undefined) expect(given.init).toBeUndefined()
  else expect(given.init).toMatchObject(init)
})

test('a Request as the second argument is read by its names', () => {
  const init = new Request('http://host.example', { method: 'PUT', headers: { 'x-a': '1' } })
  const given = givenFetch('http://other.example', init)
  expect(given.init?.method).toBe('PUT')
  expect(new Headers(given.init?.headers).get('x-a')).toBe('1')
})
