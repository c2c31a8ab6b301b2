import { bearer, post, type ClientOptions, type RequestOptions } from '@net/http'
import { expect, test } from 'vitest'

import { clientOptions, requestOptions } from '../src/client-options.ts'
import { RequestFactory, type PreparedRequest } from '../src/request-factory.ts'

function prepare(
  client: ClientOptions,
  options?: RequestOptions,
  url: string | URL = 'http://host/a',
): PreparedRequest {
  const taken = requestOptions(options)
  return new RequestFactory(clientOptions(client), 1).prepare('GET', url, {
    options: taken,
    json: false,
  })
}

const headersOf = (prepared: PreparedRequest): Record<string, string> =>
  Object.fromEntries(prepared.request.headers)

test('our own headers, then those of the client, then those of the call', () => {
  expect(headersOf(prepare({}))).toEqual({
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br, zstd',
    'user-agent': 'net-http',
  })
  const prepared = prepare(
    { headers: { 'user-agent': 'mine', 'x-client': '1', 'x-both': 'client' } },
    { headers: { 'X-Both': 'call', Accept: 'text/plain' } },
  )
  expect(headersOf(prepared)).toEqual({
    'accept-encoding': 'gzip, deflate, br, zstd',
    'user-agent': 'mine',
    'x-client': '1',
    'X-Both': 'call',
    Accept: 'text/plain',
  })
})

test('[HTTP-10] null drops a header that we would add', () => {
  const prepared = prepare(
    {},
    { headers: { accept: null, 'Accept-Encoding': null, 'user-agent': null } },
  )
  expect(headersOf(prepared)).toEqual({})
})

test('JSON is asked for where it is expected, and encodings where they are taken off', () => {
  const factory = new RequestFactory({}, 1)
  const json = factory.prepare('get', 'http://host/', {
    options: { decompress: false },
    json: true,
  })
  expect(headersOf(json)).toEqual({ accept: 'application/json', 'user-agent': 'net-http' })
  expect(json.request.method).toBe('GET')
})

test('target and endpoint are without credentials', () => {
  const prepared = prepare({}, undefined, 'https://ada:lovelace-1815@host/a?b=1#c')
  expect(prepared.target).toBe('https://host/a?b=1')
  expect(prepared.endpoint).toBe('host:443')
  expect(prepared.settings.auth?.name).toBe('basic')
  expect(prepare({}, undefined, 'http://[::1]:8080/').endpoint).toBe('[::1]:8080')
})

test('what a client with a base holds goes to no other origin', () => {
  const client = {
    baseUrl: 'https://api.test/v1',
    auth: bearer('token-of-api'),
    params: { api_key: 'key-of-api', page: 1 },
    headers: { 'x-functions-key': 'key-of-api', 'x-plain': '1', 'accept-language': 'de' },
  }
  const inside = prepare(client, { params: { q: 'x' } }, '/users')
  expect(inside.settings.auth?.name).toBe('bearer')
  expect(inside.target).toBe('https://api.test/v1/users?api_key=key-of-api&page=1&q=x')
  expect(inside.request.headers.has('x-functions-key')).toBe(true)
  const outside = prepare(
    client,
    { params: { q: 'x' }, headers: { 'x-call': '1' } },
    'https://other.test/',
  )
  expect(outside.settings.auth).toBeUndefined()
  expect(outside.target).toBe('https://other.test/?q=x')
  expect(headersOf(outside)).toEqual({
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br, zstd',
    'user-agent': 'net-http',
    'accept-language': 'de',
    'x-call': '1',
  })
})

test.each(['Connection', 'Transfer-Encoding', 'Upgrade', 'Expect', 'Keep-Alive', 'TE', 'Trailer'])(
  'the header %s belongs to the connection',
  (name) => {
    for (const make of [
      () => prepare({}, { headers: { [name]: 'x' } }),
      () => prepare({ headers: { [name]: 'x' } }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: 'NET_BAD_HEADER' }))
    }
  },
)

test.each([
  [{ range: 'bytes=0-9' }, 'identity'],
  [{ range: 'bytes=0-9', 'accept-encoding': 'br' }, 'br'],
  [{ 'x-other': '1' }, 'gzip, deflate, br, zstd'],
])(
  'a range is one of the body as it is, unless the caller says otherwise: %o',
  (headers, coding) => {
    expect(headersOf(prepare({}, { headers }))['accept-encoding']).toBe(coding)
  },
)

test.each(['CONNECT', 'connect', 'GET /x', 'G\r\nET', ''])('the method %j is refused', (method) => {
  const factory = new RequestFactory({}, 1)
  expect(() => factory.prepare(method, 'http://host/', { options: {}, json: false })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('the same text is read once, and each call has a URL of its own', () => {
  const factory = new RequestFactory({ baseUrl: 'http://host/v1' }, 1)
  const ask = (to: string | URL): PreparedRequest =>
    factory.prepare('GET', to, { options: {}, json: false })
  const [first, second] = [ask('/a'), ask('/a')]
  first.request.url.pathname = '/changed'
  expect(second.request.url.href).toBe('http://host/v1/a')
  expect(ask('/a').target).toBe('http://host/v1/a')
  const url = new URL('http://host/b')
  ask(url)
  url.pathname = '/c'
  expect(ask(url).target).toBe('http://host/c')
})

test('what a known text gave to one call is not what the next one gets', () => {
  const factory = new RequestFactory({}, 1)
  const ask = (options: RequestOptions): PreparedRequest =>
    factory.prepare('GET', 'http://ada:lovelace-1815@host/a', {
      options: requestOptions(options),
      json: false,
    })
  expect(ask({}).settings.auth?.name).toBe('basic')
  expect(ask({}).settings.auth?.name).toBe('basic')
  const plain = (options: RequestOptions): string =>
    factory.prepare('GET', 'http://host/a', { options: requestOptions(options), json: false })
      .target
  expect(plain({})).toBe('http://host/a')
  expect(plain({ params: { q: 1 } })).toBe('http://host/a?q=1')
  expect(plain({})).toBe('http://host/a')
})

test.each([
  ['headers', () => ({ headers: { authorization: failing() } })],
  ['params', () => ({ params: { token: failing() } })],
  ['form', () => ({ form: { token: failing() } })],
  ['json', () => ({ json: 1, stringify: failing })],
])('a promise in %s is refused, and that it fails ends nothing else', async (_name, options) => {
  // Nothing can be sent to port 1 of this machine, and nothing is.
  const call = post('http://127.0.0.1:1/', options())
  await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^NET_BAD_/) })
  // An unhandled rejection would be told within this turn, and fail the run.
  await new Promise((turn) => setImmediate(turn))
})

function failing(): never {
  return Promise.reject(new Error('unseen')) as never
}
