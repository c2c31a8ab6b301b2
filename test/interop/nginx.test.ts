// Our HTTP client against nginx: plain, over TLS, and over HTTP/2.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { map } from '@net/async'
import { isNetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer, type HttpServer } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'

import { temporaryFolder } from './child.ts'
import { findDaemon, requireDaemon } from './daemon.ts'
import { MemoryGauge } from './memory-gauge.ts'
import { startNginx, type Nginx } from './nginx.ts'

const GIBIBYTE = 1_073_741_824
/** An eighth of what is transferred; most of it is room that V8 takes once. */
const MOST_GROWTH = GIBIBYTE / 8
const authority = createCertificates()
const document = { id: 1, title: 'Hello', words: Array.from({ length: 200 }, () => 'word') }
const large = 'net '.repeat(250_000)
let nginx: Nginx | undefined
let upstream: HttpServer | undefined

beforeAll(async () => {
  const program = findDaemon('nginx')
  if (program === undefined) return
  upstream = await startHttpServer()
  nginx = await startNginx(program, {
    certificate: authority.issue(),
    files: { 'small.json': JSON.stringify(document), 'large.txt': large, 'large.iso': GIBIBYTE },
    upstream: upstream.url,
  })
})

afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]()
  await upstream?.[Symbol.asyncDispose]()
})

function server(context: Pick<TestContext, 'skip'>): Nginx {
  requireDaemon(context, 'nginx')
  if (nginx === undefined) throw new Error('nginx did not start')
  return nginx
}

/** The name of the road, where it begins, and what is spoken there by a client to which HTTP/2 is welcome. */
const roads = [
  ['plain', 'url', 'HTTP/1.1'],
  ['TLS', 'tlsUrl', 'HTTP/1.1'],
  ['HTTP/2', 'http2Url', 'HTTP/2.0'],
] as const

describe.each(roads)('%s', (_name, road, protocol) => {
  function start(context: Pick<TestContext, 'skip'>): http.HttpClient {
    const baseUrl = server(context)[road]
    return http.createClient({ baseUrl, tls: { ca: authority.ca }, http2: true })
  }

  test('GET of a JSON document', async (context) => {
    await using api = start(context)
    const response = await api.get('/small.json')
    expect(await response.json()).toEqual(document)
    expect(response.protocol).toBe(protocol === 'HTTP/2.0' ? 'h2' : 'http/1.1')
    expect(await api.get('/spoken').json()).toMatchObject({ protocol })
  })

  test('POST of JSON to a server behind it', async (context) => {
    await using api = start(context)
    const made = await api.post('/behind/echo', { json: { title: 'Grüße' } }).json()
    expect(made).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"Grüße"}',
    })
  })

  test('a body comes compressed where that is wanted, and is the same', async (context) => {
    await using api = start(context)
    const options = { decompress: false, headers: { 'accept-encoding': 'gzip' } }
    const raw = await api.get('/large.txt', options)
    expect(raw.headers.get('content-encoding')).toBe('gzip')
    const bytes = await raw.bytes()
    expect(bytes.length).toBeLessThan(large.length / 10)
    expect(gunzipSync(bytes).toString()).toBe(large)
    expect(await api.get('/large.txt').text()).toBe(large)
  })

  test('many at once', async (context) => {
    await using api = start(context)
    const items = Array.from({ length: 300 })
    const answers = await map(items, () => api.get('/spoken').json<Spoken>(), { concurrency: 50 })
    expect(answers).toHaveLength(300)
    expect(new Set(answers.map((answer) => answer.protocol))).toEqual(new Set([protocol]))
    const connections = new Set(answers.map(({ connection }) => connection))
    // The server takes 16 at once over one connection of HTTP/2.
    if (protocol === 'HTTP/2.0') expect(connections.size).toBe(1)
    else expect(connections.size).toBeLessThanOrEqual(50)
  })

  test('a redirect is followed', async (context) => {
    await using api = start(context)
    expect(await api.get('/moved').json()).toEqual(document)
  })

  test('404 and 405 are errors with their status', async (context) => {
    await using api = start(context)
    await expect(api.get('/nothing')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
    await expect(api.post('/small.json', { json: {} })).rejects.toMatchObject({ status: 405 })
  })

  test('a body at 1 KiB a second is aborted at once, and other calls go on', async (context) => {
    await using api = start(context)
    const controller = new AbortController()
    const response = await api.get('/slow', { signal: controller.signal })
    const other = api.get('/large.txt').text()
    const text = codeOf(response.text())
    controller.abort()
    expect(await text).toBe('NET_ABORTED')
    expect(await other).toBe(large)
    expect(await api.get('/small.json').json()).toEqual(document)
  })

  test('a GiB is streamed in flat memory', async (context) => {
    await using api = start(context)
    const response = await api.get('/large.iso')
    const memory = new MemoryGauge()
    let received = 0
    for await (const chunk of response.body) {
      received += chunk.length
      memory.look()
    }
    expect(received).toBe(GIBIBYTE)
    expect(memory.growth).toBeLessThan(MOST_GROWTH)
  })

  test('a body whose server ends on the way is an error, and no file that looks complete remains', async (context) => {
    const { killWorker } = server(context)
    await using api = start(context)
    const response = await api.get('/large.iso')
    const reading = (async () => {
      for await (const chunk of response.body) if (chunk.length > 0) killWorker()
    })()
    await expect(reading).rejects.toMatchObject({
      code: 'NET_PROTO_INCOMPLETE',
      expected: GIBIBYTE,
      retry: 'idempotent',
    })
    using folder = temporaryFolder('download')
    const file = join(folder.path, 'copy.iso')
    const saving = api.get('/large.iso', { onProgress: killWorker }).saveTo(http.toFile(file))
    expect(await codeOf(saving)).toBe('NET_PROTO_INCOMPLETE')
    expect(existsSync(file)).toBe(false)
    expect(await api.get('/small.json').json()).toEqual(document)
  })
})

test('an unknown authority is refused, over HTTP/2 too', async (context) => {
  const { tlsUrl, http2Url } = server(context)
  await using api = http.createClient({ http2: true })
  for (const url of [tlsUrl, http2Url]) {
    await expect(api.get(`${url}/small.json`)).rejects.toMatchObject({
      code: 'NET_TLS_CERT_UNTRUSTED',
      phase: 'tls',
    })
  }
})

test('a GiB is saved to a file in flat memory', async (context) => {
  const { url } = server(context)
  using folder = temporaryFolder('download')
  const file = join(folder.path, 'copy.iso')
  const memory = new MemoryGauge()
  const onProgress = (): void => memory.look()
  const saved = await http.get(`${url}/large.iso`, { onProgress }).saveTo(http.toFile(file))
  expect(saved).toBe(GIBIBYTE)
  expect(statSync(file).size).toBe(GIBIBYTE)
  expect(readdirSync(folder.path)).toEqual(['copy.iso'])
  expect(memory.looks).toBeGreaterThan(2)
  expect(memory.growth).toBeLessThan(MOST_GROWTH)
})

test('the three lines of the first example', async (context) => {
  const { url } = server(context)
  const post = await http.get(`${url}/small.json`).json<{ title: string }>()
  const made = await http.post(`${url}/behind/echo`, { json: { title: 'Hello' } }).json()
  expect([post.title, made]).toMatchObject(['Hello', { body: '{"title":"Hello"}' }])
})

interface Spoken {
  readonly protocol: string
  readonly connection: number
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.catch((reason: unknown) => reason)
  return isNetError(error) ? error.code : error
}
