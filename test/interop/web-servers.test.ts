// Our HTTP client against the web servers and proxies that it meets: nginx, Apache httpd, HAProxy, Varnish and squid, each
// in front of the same origin, over HTTP/1.1, and over HTTP/2 where the server has it.
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'

import * as http from '@net/http'
import { createCertificates } from '@net/socket/testing'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'

import { findDaemon, requireDaemon } from './daemon.ts'
import { startNginx } from './nginx.ts'
import { LARGE, startOrigin, type Origin } from './origin.ts'
import {
  apache,
  haproxy,
  squid,
  squidDigestProxy,
  squidProxy,
  startWebServer,
  tlsInFront,
  varnish,
  type WebServer,
} from './web-server.ts'

const authority = createCertificates()
const certificate = authority.issue()
const upload = Buffer.alloc(20_000_000, 'what goes up ')
const stack = new AsyncDisposableStack()
const servers = new Map<string, WebServer>()
let origin: Origin

beforeAll(async () => {
  origin = stack.use(await startOrigin())
  await Promise.all([begin('nginx'), begin('apache2'), begin('haproxy'), begin('squid')])
  await beginVarnish()
})

afterAll(() => stack.disposeAsync())

async function begin(name: 'nginx' | 'apache2' | 'haproxy' | 'squid'): Promise<void> {
  const program = findDaemon(name)
  if (program === undefined) return
  const options = { origin: origin.host, certificate }
  const recipes = { apache2: apache, haproxy, squid }
  const server =
    name === 'nginx'
      ? await nginxInFront(program)
      : stack.use(await startWebServer(program, recipes[name], options))
  servers.set(name, server)
}

async function nginxInFront(program: string): Promise<WebServer> {
  const nginx = stack.use(
    await startNginx(program, { certificate, files: {}, upstream: origin.url }),
  )
  const { url, http2Url } = nginx
  return {
    url: `${url}/behind`,
    tlsUrl: `${http2Url}/behind`,
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Its HTTP/2 is reached through HAProxy, as it has no TLS of its own. */
async function beginVarnish(): Promise<void> {
  const program = findDaemon('varnishd')
  const front = findDaemon('haproxy')
  if (program === undefined || front === undefined) return
  const plain = stack.use(
    await startWebServer(program, varnish, { origin: origin.host, certificate }),
  )
  const { host } = new URL(plain.url)
  const secured = stack.use(await startWebServer(front, tlsInFront, { origin: host, certificate }))
  servers.set('varnishd', { ...plain, tlsUrl: secured.tlsUrl })
}

function client(
  context: Pick<TestContext, 'skip'>,
  [name, road]: readonly [string, 'url' | 'tlsUrl'],
): http.HttpClient {
  requireDaemon(context, name)
  const server = servers.get(name)
  if (server === undefined) throw new Error(`${name} did not start`)
  return http.createClient({ baseUrl: `${server[road]}/`, tls: { ca: authority.ca }, http2: true })
}

/** The server, the road to it, and what is spoken there. */
const roads = [
  ['nginx', 'url', 'http/1.1'],
  ['nginx', 'tlsUrl', 'h2'],
  ['apache2', 'url', 'http/1.1'],
  ['apache2', 'tlsUrl', 'h2'],
  ['haproxy', 'url', 'http/1.1'],
  ['haproxy', 'tlsUrl', 'h2'],
  ['varnishd', 'url', 'http/1.1'],
  ['varnishd', 'tlsUrl', 'h2'],
  ['squid', 'url', 'http/1.1'],
  ['squid', 'tlsUrl', 'http/1.1'],
] as const

describe.each(roads)('%s, %s, %s', (name, road, protocol) => {
  test('one connection carries bodies of every form, and answers without one', async (context) => {
    await using api = client(context, [name, road])
    const first = await api.get('large')
    expect(first.protocol).toBe(protocol)
    expect(await first.text()).toBe(LARGE)
    const seen: unknown[] = []
    const look = async (answer: http.HttpResponse): Promise<string> => {
      seen.push([answer.status, answer.timings.reused])
      return answer.text()
    }
    expect(await look(await api.get('chunks'))).toBe(LARGE)
    const packed = { decompress: false, headers: { 'accept-encoding': 'gzip' } }
    const gzip = await api.get('gzip', packed)
    expect(gzip.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(await gzip.bytes()).toString()).toBe(LARGE)
    expect(await look(await api.get('gzip'))).toBe(LARGE)
    const head = await api.head('large')
    expect(Number(head.headers.get('content-length') ?? LARGE.length)).toBe(LARGE.length)
    expect(await look(head)).toBe('')
    expect(await look(await api.get('empty'))).toBe('')
    const same = { headers: { 'if-none-match': '"1"' }, throwHttpErrors: false }
    expect(await look(await api.get('same', same))).toBe('')
    expect(await look(await api.get('part', { headers: { range: 'bytes=4000-4007' } }))).toBe(
      'net net ',
    )
    expect(seen).toEqual([200, 200, 200, 204, 304, 206].map((status) => [status, true]))
  })

  test('20 MB go up, as bytes and in pieces of unknown length', async (context) => {
    await using api = client(context, [name, road])
    const wanted = sumOf(upload)
    expect(await api.put('sum', { body: upload }).json()).toEqual(wanted)
    const pieces = async function* () {
      const piece = Buffer.alloc(50_000)
      for (let at = 0; at < upload.length; at += piece.length) {
        upload.copy(piece, 0, at, at + piece.length)
        yield piece
      }
    }
    expect(await api.put('sum', { body: pieces }).json()).toEqual(wanted)
  })

  test('100 uploads at once', async (context) => {
    await using api = client(context, [name, road])
    const bodies = Array.from({ length: 100 }, (_, at) => Buffer.alloc(100_000, `${at} `))
    const answers = await Promise.all(bodies.map((body) => api.put('sum', { body })))
    const sums = await Promise.all(answers.map((answer) => answer.json()))
    expect(sums).toEqual(bodies.map(sumOf))
    const made = answers.filter(({ timings }) => !timings.reused).length
    if (protocol === 'h2') expect(made).toBe(1)
    else expect(made).toBeLessThanOrEqual(64)
  })

  test('an answer to an upload that comes before its end is the answer', async (context) => {
    await using api = client(context, [name, road])
    await expect(api.put('refused', { body: upload.subarray(0, 1_000_000) })).rejects.toMatchObject(
      {
        status: 413,
      },
    )
    expect(await api.get('large').text()).toBe(LARGE)
  })
})

// Neither nginx 1.22 nor Varnish 7.1 takes these from the server behind it.
const passing = roads.filter(([name]) => name !== 'varnishd' && name !== 'nginx')

describe.each(passing)('%s, %s', (name, road) => {
  test('interim answers and trailers are passed over', async (context) => {
    await using api = client(context, [name, road])
    for (const path of ['hints', 'trailers', 'hints']) {
      const answer = await api.get(path)
      expect(await answer.text()).toMatch(/^(after hints|then trailers)$/u)
    }
    expect((await api.get('hints')).timings.reused).toBe(true)
  })
})

test('answers in HTTP/1.0, and with Connection: close, come whole', async (context) => {
  await using api = client(context, ['apache2', 'url'])
  for (const path of ['old', 'once', 'old', 'once']) {
    const answer = await api.get(path)
    expect(answer.timings.reused).toBe(false)
    expect(await answer.text()).toBe(LARGE)
  }
})

test('squid passes plain requests on, gives tunnels to TLS servers, and takes no wrong password', async (context) => {
  const program = requireDaemon(context, 'squid')
  requireDaemon(context, 'apache2')
  const options = { origin: origin.host, certificate }
  await using proxy = await startWebServer(program, squidProxy, options)
  const through = (password: string): http.HttpClient =>
    http.createClient({
      proxy: proxy.url.replace('//', `//ada:${password}@`),
      tls: { ca: authority.ca },
      http2: true,
    })
  await using api = through('lovelace')
  expect(await api.get(`${origin.url}/chunks`).text()).toBe(LARGE)
  expect(await api.put(`${origin.url}/sum`, { body: upload }).json()).toEqual(sumOf(upload))
  const secured = `${servers.get('apache2')?.tlsUrl}/sum`
  const answer = await api.put(secured, { body: upload })
  expect(answer.protocol).toBe('h2')
  expect(await answer.json()).toEqual(sumOf(upload))
  await using stranger = through('wrong')
  await expect(stranger.get(`${origin.url}/large`)).rejects.toMatchObject({
    code: 'NET_PROXY_AUTH',
  })
})

for (const proxyLogin of ['unasked', 'asked'] as const) {
  test(`squid that wants Digest gets it, for plain requests and tunnels, where the login leaves ${proxyLogin}`, async (context) => {
    const program = requireDaemon(context, 'squid')
    requireDaemon(context, 'apache2')
    const options = { origin: origin.host, certificate }
    await using proxy = await startWebServer(program, squidDigestProxy, options)
    const through = (password: string): http.HttpClient =>
      http.createClient({
        proxy: proxy.url.replace('//', `//ada:${password}@`),
        proxyLogin,
        tls: { ca: authority.ca },
      })
    await using api = through('lovelace')
    const body = upload.subarray(0, 50_000)
    for (let calls = 0; calls < 3; calls++)
      expect(await api.put(`${origin.url}/sum`, { body }).json()).toEqual(sumOf(body))
    expect(await api.get(`${origin.url}/chunks`).text()).toBe(LARGE)
    const secured = `${servers.get('apache2')?.tlsUrl}/sum`
    expect(await api.put(secured, { body: upload }).json()).toEqual(sumOf(upload))
    await using stranger = through('wrong')
    await expect(stranger.get(`${origin.url}/large`)).rejects.toMatchObject({
      code: 'NET_PROXY_AUTH',
    })
  })
}

function sumOf(bytes: Uint8Array): { readonly size: number; readonly sha256: string } {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
