import { inspect } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'

import { canary, expectNoCanary } from '@tools/canary'
import type { NetError } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('[HTTP-20] status, words, headers, URL and protocol of an answer', async () => {
  await using server = await startHttpServer()
  const response = await http.get(`${server.url}/json?page=1`)
  expect(response).toMatchObject({
    status: 200,
    statusText: 'OK',
    ok: true,
    url: `${server.url}/json?page=1`,
    history: [],
    protocol: 'http/1.1',
    cached: false,
  })
  expect(response.headers.get('Content-Type')).toBe('application/json')
  const missing = await http.get(`${server.url}/status/404`, { throwHttpErrors: false })
  expect([missing.ok, missing.status, missing.statusText]).toEqual([false, 404, 'Not Found'])
})

test('[HTTP-29] an answer knows when it came and over which connection', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const first = await client.get('/json')
  const { timings } = await client.get('/json')
  expect(first.timings.reused).toBe(false)
  expect(timings.reused).toBe(true)
  expect(timings.connected).toBeGreaterThanOrEqual(0)
  expect(timings.answered).toBeGreaterThanOrEqual(timings.connected)
})

test('[HTTP-22] bytes, text and JSON; the charset is that of the header, the caller or a detector', async () => {
  const latin = (): http.HttpResponse =>
    http.createResponse({
      bytes: Buffer.from([0x63, 0x61, 0x66, 0xe9]),
      headers: { 'content-type': 'text/plain; charset="ISO-8859-1"' },
    })
  expect(await latin().text()).toBe('café')
  expect(await latin().text('utf-8')).toBe('caf\ufffd')
  expect(await latin().text((bytes) => (bytes.includes(0xe9) ? 'latin1' : 'utf-8'))).toBe('café')
  expect(await latin().bytes()).toHaveLength(4)
  expect(await http.createResponse({ text: 'grüß' }).text()).toBe('grüß')
  expect(await http.createResponse({ json: [1] }).json()).toEqual([1])
})

test('a schema of any library has the last word', async () => {
  const schema: http.ResponseSchema<number> = {
    '~standard': {
      version: 1,
      validate: (value) =>
        typeof value === 'number'
          ? { value: value * 2 }
          : { issues: [{ message: 'not a number' }] },
    },
  }
  expect(await http.createResponse({ json: 21 }).json(schema)).toBe(42)
  await expect(http.createResponse({ json: 'x' }).json(schema)).rejects.toMatchObject({
    code: 'NET_PROTO_DECODE',
    message: expect.stringContaining('not a number'),
  })
})

test('[HTTP-23] a body comes as chunks, as lines and undecoded', async () => {
  await using server = await startHttpServer()
  const chunks = await Array.fromAsync((await http.get(`${server.url}/bytes/100000`)).body)
  expect(Buffer.concat(chunks)).toHaveLength(100_000)
  const lines = await Array.fromAsync(http.createResponse({ text: 'a\r\nb\n' }).lines())
  expect(lines).toEqual(['a', 'b'])
  const raw = await http.get(`${server.url}/gzip/1048576`, { decompress: false }).bytes()
  expect([...raw.subarray(0, 2)]).toEqual([0x1f, 0x8b])
})

test('an answer prints without its body and without secrets', async () => {
  await using server = await startHttpServer()
  const key = canary('printed')
  server.fail({ do: { reply: { headers: { 'x-echo': key }, body: 'a body' } } })
  const response = await http.get(`${server.url}/json?api_key=${key}`)
  expectNoCanary(response)
  expect(inspect(response)).toContain('status: 200')
  expect(inspect(response)).not.toContain('a body')
})

test('a charset that is unknown costs no body: another one may be named', async () => {
  const strange = (): http.HttpResponse =>
    http.createResponse({ text: 'grüß', headers: { 'content-type': 'text/html; charset=klingon' } })
  const response = strange()
  await expect(response.text()).rejects.toMatchObject({ code: 'NET_PROTO_DECODE' })
  expect(await response.text('utf-8')).toBe('grüß')
  await using api = http.createClient({ handler: async () => strange() })
  await expect(api.get('http://host/').text()).rejects.toMatchObject({ code: 'NET_PROTO_DECODE' })
  const listed = { 'content-type': 'text/html; charset=utf-8,gbk' }
  expect(await http.createResponse({ text: 'grüß', headers: listed }).text()).toBe('grüß')
})

test('what is no JSON is told by its type, and kept with the error', async () => {
  const page = http.createResponse({ text: '<html>', headers: { 'content-type': 'text/html' } })
  const error = await page.json().catch((thrown: unknown) => thrown as NetError)
  expect(error).toMatchObject({
    code: 'NET_PROTO_DECODE',
    message: expect.stringContaining('the body is not JSON, but of the type text/html'),
  })
  expect(Buffer.from((error as { partial: Uint8Array }).partial).toString()).toBe('<html>')
})

test('a body is read once', async () => {
  const response = http.createResponse({ text: 'x' })
  await response.text()
  await expect(response.text()).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
})

test('an answer made by hand has what it was given', async () => {
  const response = http.createResponse({ status: 201, headers: { 'x-a': '1' }, json: { a: 1 } })
  expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.closed).toBeUndefined()
  await response[Symbol.asyncDispose]()
})

test('what fails while a body is read names the call, and the line that waits for it', async () => {
  await using server = await startHttpServer()
  const url = `${server.url}/bytes/10`
  const response = await http.get(url)
  await response.text()
  const failures = await Promise.all(
    [
      async () => void (await http.get(url).json()),
      async () => void (await response.bytes()),
      async () => void (await http.get(url).saveTo(http.toFile('/no/such/folder/file'))),
    ].map((call) => call().catch((thrown: unknown) => thrown as Error)),
  )
  const told = failures.map((error) => error?.message.replace(/ \(.*$/, ''))
  expect(told).toEqual([
    `http GET ${url}: the body is not JSON, but of the type application/octet-stream`,
    `http GET ${url}: the body was read already`,
    `http GET ${url}: opening /no/such/folder/file failed: there is no such file or folder`,
  ])
  for (const error of failures) {
    expect(error?.stack?.split('\n')[1]).toContain('response.test.ts')
  }
})

test('a schema or charset of the caller’s that gives something else is told so; one that hangs ends with its call', async () => {
  await using server = await startHttpServer()
  const json = (verdict: unknown, options?: http.RequestOptions): Promise<unknown> => {
    const schema = { '~standard': { version: 1, validate: () => verdict } }
    return http
      .get(`${server.url}/json`, options)
      .json(schema as unknown as http.ResponseSchema<unknown>)
  }
  await expect(json(undefined)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  const hanging = json(new Promise(() => {}), { timeout: 200 })
  await expect(hanging).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
  const charset = (() => Promise.reject(new Error('unseen'))) as unknown as http.Charset
  await expect(http.get(`${server.url}/json`).text(charset)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('what charset gives must be a string'),
  })
})

test.each([
  ['text()', (response: http.HttpResponse) => response.text()],
  ['json()', (response: http.HttpResponse) => response.json()],
  ['saveTo()', (response: http.HttpResponse) => response.saveTo(() => {})],
  ['lines()', (response: http.HttpResponse) => Array.fromAsync(response.lines())],
])('%s of a response that is disposed meanwhile does not give half of it', async (_name, read) => {
  await using server = await startHttpServer({
    routes: {
      '/half': () => ({ body: unending('half') }),
      '/coded': () => ({
        headers: { 'content-encoding': 'gzip' },
        body: unending(gzipSync('half').subarray(0, 15)),
      }),
    },
  })
  for (const path of ['/half', '/coded']) {
    const response = await http.get(server.url + path)
    const reading = read(response)
    await response[Symbol.asyncDispose]()
    // A sink is opened before the body is asked for.
    const code = expect.stringMatching(/^NET_(CLOSED|BODY_CONSUMED)$/)
    await expect(reading).rejects.toMatchObject({ code })
  }
})

async function* unending(first: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield first
  yield await new Promise<never>(() => {})
}

test('[HTTP-20] status, words, headers, URL, version of HTTP and whether it is fine', async () => {
  await using server = await startHttpServer({
    routes: { '/made': { status: 201, reason: 'Made Here', headers: { 'X-A': '1' } } },
  })
  const made = await http.get(`${server.url}/made?a=1`)
  expect(made).toMatchObject({
    status: 201,
    statusText: 'Made Here',
    ok: true,
    url: `${server.url}/made?a=1`,
    protocol: 'http/1.1',
  })
  expect(made.headers.get('x-a')).toBe('1')
  const missing = await http.get(`${server.url}/status/404`, { throwHttpErrors: false })
  expect([missing.status, missing.ok]).toEqual([404, false])
})

test('[HTTP-23] a body piece by piece as it comes: bytes, lines, text, and bytes as they were sent', async () => {
  const first = Promise.withResolvers<void>()
  await using server = await startHttpServer({
    routes: {
      '/slow': {
        body: (async function* () {
          yield 'grü'
          await first.promise
          yield 'ße\nzwei\n'
        })(),
      },
      '/coded': { body: 'grüße', coding: 'gzip' },
    },
  })
  const sizes: number[] = []
  for await (const chunk of (await http.get(`${server.url}/slow`)).body) {
    first.resolve()
    sizes.push(chunk.length)
  }
  expect(sizes).toEqual([4, 9])
  expect(await Array.fromAsync(http.get(`${server.url}/chunks/9?size=4`).lines())).toEqual([
    'net net n',
  ])
  const { body } = await http.get(`${server.url}/coded`)
  const texts = ReadableStream.from(body).pipeThrough(new TextDecoderStream())
  expect((await Array.fromAsync(texts)).join('')).toBe('grüße')
  const raw = await http.get(`${server.url}/coded`, { decompress: false }).bytes()
  expect(gunzipSync(raw).toString()).toBe('grüße')
})
