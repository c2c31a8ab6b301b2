import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { describe, expect, test } from 'vitest'

import { clientOptions, requestOptions } from '../src/client-options.ts'

const url = 'http://127.0.0.1:1/'

test.each<[Record<string, unknown>, string]>([
  [{ data: { a: 1 } }, 'the options have no data; use json'],
  [{ query: { a: 1 } }, 'the options have no query; use params'],
  [{ maxbytes: 10 }, 'the options have no maxbytes; did you mean maxBytes?'],
  [{ maxContentLength: 10 }, 'the options have no maxContentLength; use maxBytes'],
  [{ username: 'ada' }, 'the options have no username; use user'],
  [{ followRedirect: false }, 'the options have no followRedirect; use redirect'],
  [{ agent: {} }, 'the options have no agent; use createClient({ dialer })'],
  [{ responseType: 'json' }, 'no responseType; use json(), text() or bytes() of the answer'],
  [{ headers: null }, 'headers must be an object of header fields'],
  [{ headers: 'a: b' }, 'headers must be an object of header fields'],
  [{ params: 'a=b' }, 'params must be an object, a list of pairs or URLSearchParams'],
  [{ form: 5 }, 'form must be an object, a list of pairs or URLSearchParams, not a number'],
  [{ body: 5 }, 'body must be a string or bytes, a stream, fromFile(path) or fromText(text)'],
  [
    { auth: 'Bearer x' },
    'auth must be basic(user, password), bearer(token), digest(user, password), oauth(), netrc() or loginSteps(), not a string',
  ],
  [{ password: 5 }, 'password must be a string, a secret or a callback, not a number'],
  [
    { redirect: 'follow' },
    'redirect must be true, false, a number of redirects or { limit, onRedirect }',
  ],
  [{ redirect: -1 }, 'redirect must be'],
  [{ redirect: 1.5 }, 'redirect must be'],
  [{ redirect: { max: 3 } }, 'redirect has no max; the options are limit'],
  [{ maxBytes: -1 }, 'maxBytes must be a number of bytes, 0 or more'],
  [{ maxRatio: 0.5 }, 'maxRatio must be a number, 1 or more'],
  [{ decompress: 'no' }, 'decompress must be true or false, not a string'],
  [{ throwHttpErrors: 0 }, 'throwHttpErrors must be true or false, not a number'],
  [{ stringify: {} }, 'stringify must be a function, not an object'],
  [{ signal: new AbortController() }, 'signal must be an AbortSignal'],
  [{ timeout: '10s' }, 'timeout must be a number of milliseconds above 0'],
  [{ timeout: null }, 'timeout must be a number of milliseconds above 0'],
  [{ retry: true }, 'retry must be false, a number of attempts'],
  [{ retry: { limit: 3 } }, 'retry has no limit; use attempts'],
  [{ onProgress: {} }, 'onProgress must be a function'],
])('a call with %o is refused, in its own name', async (options, message) => {
  await expect(http.get(url, options)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining(message) as string,
    protocol: 'http',
    operation: 'GET',
  })
})

test.each<[Record<string, unknown>, string]>([
  [{ timeout: 1000 }, 'the options have no timeout; use defaults: { timeout }'],
  [{ retry: 3 }, 'the options have no retry; use defaults: { retry }'],
  [{ prefixUrl: url }, 'the options have no prefixUrl; use baseUrl'],
  [{ baseURL: url }, 'the options have no baseURL; use baseUrl'],
  [{ baseUrl: 5 }, 'baseUrl must be a string or a URL, not a number'],
  [{ tls: { rejectUnauthorized: false } }, 'tls has no rejectUnauthorized; use dangerouslySkipVer'],
  [{ rejectUnauthorized: false }, 'use tls: { dangerouslySkipVerification: true }'],
  [{ tls: true }, 'tls must be an object of options, not a boolean'],
  [{ dialer: {} }, 'dialer must be a dialer'],
  [{ proxy: 5 }, 'proxy must be the URL of a proxy'],
  [{ block: 'public' }, "block must be 'private'"],
  [{ middleware: () => {} }, 'middleware must be a list'],
  [{ middleware: ['x'] }, 'middleware[0] must be a function, not a string'],
  [{ handler: {} }, 'handler must be a function'],
  [{ connections: 0 }, 'connections must be a whole number above 0'],
  [{ http2: 'yes' }, 'http2 must be true or false, not a string'],
  [{ log: 'info' }, 'log must be a sink'],
  [{ defaults: { timeout: '1s' } }, 'defaults.timeout must be a number of milliseconds'],
  [{ defaults: { signal: null } }, 'defaults has no signal; the options are timeout, retry'],
])('a client with %o is refused', (options, message) => {
  expect(() => http.createClient(options)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining(`http createClient: `) as string,
    }),
  )
  expect(() => http.createClient(options)).toThrow(message)
})

test('the error of a call without a URL says what it needs', async () => {
  const get = http.get as (url?: unknown) => Promise<unknown>
  for (const wrong of [undefined, null, 5, {}]) {
    await expect(get(wrong)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('http GET: the URL must be a string or a URL') as string,
    })
  }
})

describe('what passes', () => {
  test('undefined, of every option', async () => {
    await using server = await startHttpServer()
    const names = Object.keys({ signal: 1, timeout: 1, json: 1, headers: 1, auth: 1, redirect: 1 })
    const nothing = Object.fromEntries(names.map((name) => [name, undefined]))
    await using client = http.createClient({ baseUrl: server.url, tls: undefined, log: undefined })
    expect((await client.get('/json', nothing)).status).toBe(200)
  })

  test('[H-CORE-02] nothing that is inherited', () => {
    const inherited = Object.create({ redirect: 1, maxBytes: 1 }) as http.RequestOptions
    expect(requestOptions(inherited)).toBeDefined()
    expect(Object.keys(requestOptions(inherited))).toEqual([])
    expect(Object.keys(clientOptions(inherited as http.ClientOptions))).toEqual([])
  })
})

test('[HTTP-11] the header section of a response has a limit, in one long line and in many fields', async () => {
  const authority = createCertificates()
  const routes = {
    '/line': { headers: { 'x-long': 'x'.repeat(300) } },
    '/fields': {
      headers: Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`x-${at}`, '1'])),
    },
    '/trailers': { body: 'x', trailers: { 'x-long': 'x'.repeat(300) } },
  }
  await using plain = await startHttpServer({ routes })
  await using both = await startHttpServer({ routes, tls: authority.issue(), http2: true })
  const tls = { ca: authority.ca }
  for (const { url: baseUrl } of [plain, both]) {
    await using strict = http.createClient({ baseUrl, tls, http2: true, maxHeaderBytes: 250 })
    expect((await strict.get('/json')).status).toBe(200)
    for (const path of ['/line', '/fields'])
      await expect(strict.get(path, { retry: false })).rejects.toMatchObject({
        code: 'NET_PROTO_LIMIT',
      })
    await using usual = http.createClient({ baseUrl, tls, http2: true })
    expect((await usual.get('/line')).headers.get('x-long')).toHaveLength(300)
  }
  await using strict = http.createClient({ baseUrl: plain.url, maxHeaderBytes: 250 })
  await expect(strict.get('/trailers', { retry: false }).text()).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
  })
})

test('the errors of helpers say what they need, too', async () => {
  const refused = (message: string): unknown =>
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining(message) as string,
    })
  expect(() => http.basic(undefined as never, 'x')).toThrow(
    refused('http basic: the user must be a string, not undefined'),
  )
  expect(() => http.bearer(5 as never)).toThrow(
    refused('http bearer: the token must be a string, a secret or a callback'),
  )
  expect(() => http.netrc({ path: 'x' } as never)).toThrow(
    refused('http netrc: the options have no path; use file'),
  )
  expect(() => http.createResponse({ body: 'x' } as never)).toThrow(
    refused('http createResponse: the options have no body; use text'),
  )
  await using client = http.createClient()
  await expect(client.close({ timeout: 5 } as never)).rejects.toEqual(
    refused('http close: the options have no timeout; use grace'),
  )
})
