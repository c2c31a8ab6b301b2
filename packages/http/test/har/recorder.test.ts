import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { canary, expectNoCanary } from '@tools/canary'
import { fromText } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from '../folder.ts'

test('calls in their order, as the program sees them', async () => {
  await using server = await startHttpServer()
  await using recorder = http.recordHar()
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [recorder.middleware],
  })
  await client.get('/redirect/302', { params: { to: '/coded/gzip?size=4' } }).text()
  await client.post('/echo', { json: { a: 1 } }).json()
  await client.put('/hash', { body: fromText('x'.repeat(100_000)) }).json()
  await client.get('/status/404').catch(() => {})
  const { log } = await recorder.har()
  expect(log.version).toBe('1.2')
  const [redirected, posted, put, missing] = log.entries
  expect(redirected).toMatchObject({
    request: { method: 'GET', queryString: [{ name: 'to', value: '/coded/gzip?size=4' }] },
    response: {
      status: 200,
      content: { text: 'net ', size: 4 },
      _url: `${server.url}/coded/gzip?size=4`,
    },
  })
  expect(posted?.request).toMatchObject({
    postData: { mimeType: 'application/json', text: '{"a":1}' },
    bodySize: 7,
  })
  expect(put?.request.bodySize).toBe(100_000)
  expect(server.received.at(-2)?.headers['content-length']).toBe('100000')
  expect(missing?.response).toMatchObject({ status: 404, content: { text: 'this is 404\n' } })
  for (const { startedDateTime, time, timings } of log.entries) {
    expect(new Date(startedDateTime).toISOString()).toBe(startedDateTime)
    expect(time).toBeCloseTo(timings.wait + timings.receive, 5)
  }
})

test('what failed, and what was cut', async () => {
  await using server = await startHttpServer()
  await using recorder = http.recordHar()
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [recorder.middleware],
    defaults: { retry: false },
  })
  server.fail({ on: '/json', do: 'drop' })
  server.fail({ on: '/bytes/1000', after: 500, do: 'drop' })
  await client.get('/json').catch(() => {})
  await client
    .get('/bytes/1000')
    .bytes()
    .catch(() => {})
  const { log } = await recorder.har()
  expect(log.entries[0]?.response.status).toBe(0)
  expect(log.entries[0]?._error?.code).toMatch(/^NET_CONN_/)
  expect(log.entries[1]?.response.status).toBe(200)
  expect(log.entries[1]?._error?.code).toBe('NET_PROTO_INCOMPLETE')
})

test('no secret is written, by header, login, query, form, JSON, or name of the caller', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'traffic.har')
  const secret = canary('har')
  await using server = await startHttpServer({
    routes: {
      '/login': { headers: { 'set-cookie': `sid=${secret}` }, json: { access_token: secret } },
    },
  })
  await using recorder = http.recordHar({ secretNames: ['pin'] })
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [recorder.middleware],
    headers: { 'x-api-key': secret },
    auth: http.bearer(secret),
  })
  const multipart = { pin: secret, file: new File(['x'], 'x.txt') }
  await client.get('/login', { params: { token: secret } }).json()
  await client.post('/login', { json: { user: { pin: secret } } }).json()
  await client.post('/login', { form: { password: secret } }).json()
  await client.post('/login', { multipart }).json()
  await recorder.save(path)
  const text = await readFile(path, 'utf8')
  expectNoCanary(text)
  expect(text).toContain('[secret]')
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((JSON.parse(text) as http.Har).log.entries).toHaveLength(4)
})

test('nothing is written before it is saved', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'traffic.har')
  await using server = await startHttpServer()
  const failing = async (): Promise<void> => {
    await using recorder = http.recordHar()
    await using client = http.createClient({ middleware: [recorder.middleware] })
    await client.get(`${server.url}/json`).json()
    throw new Error('the run failed')
  }
  await expect(failing()).rejects.toThrow('the run failed')
  expect(existsSync(path)).toBe(false)
  expect(() => http.recordHar({ secrets: [] } as http.HarOptions)).toThrow('secretNames')
})

test('a streamed body keeps its length and what can be sent again', async () => {
  await using server = await startHttpServer()
  await using recorder = http.recordHar()
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [recorder.middleware],
  })
  server.fail({ on: '/hash', do: { reply: { status: 503 } } })
  const body = fromText('x'.repeat(100_000))
  await client.put('/hash', { body, retry: { attempts: 2, delay: 1 } }).json()
  expect(server.received.map(({ size }) => size)).toEqual([100_000, 100_000])
  const [entry] = (await recorder.har()).log.entries
  expect(entry?.request.postData?.text).toHaveLength(100_000)
  const once = new Blob(['x'.repeat(100_000)]).stream()
  server.fail({ on: '/hash', do: { reply: { status: 503 } } })
  await expect(client.put('/hash', { body: once })).rejects.toMatchObject({ status: 503 })
})

test('bytes that are used again after their call are recorded as they were sent', async () => {
  await using server = await startHttpServer()
  await using recorder = http.recordHar()
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [recorder.middleware],
  })
  const memory = Buffer.from('first ')
  await client.post('/echo', { body: memory }).json()
  memory.write('second')
  await client.post('/echo', { body: memory }).json()
  const { log } = await recorder.har()
  expect(log.entries.map(({ request }) => request.postData?.text)).toEqual(['first ', 'second'])
})
