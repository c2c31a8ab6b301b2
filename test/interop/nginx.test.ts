// Our HTTP client against nginx.
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { map } from '@net/async'
import { isNetError } from '@net/core'
import * as http from '@net/http'
import { createCertificates } from '@net/socket/testing'

import { findDaemon, requireDaemon } from './daemon.ts'
import { startNginx, type Nginx } from './nginx.ts'

const authority = createCertificates()
const document = { id: 1, title: 'Hello', words: Array.from({ length: 200 }, () => 'word') }
const large = 'net '.repeat(250_000)
let nginx: Nginx | undefined

beforeAll(async () => {
  const program = findDaemon('nginx')
  if (program === undefined) return
  const files = { 'small.json': JSON.stringify(document), 'large.txt': large }
  nginx = await startNginx(program, authority.issue(), files)
})

afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]()
})

function server(context: Pick<TestContext, 'skip'>): Nginx {
  requireDaemon(context, 'nginx')
  if (nginx === undefined) throw new Error('nginx did not start')
  return nginx
}

test('GET of a JSON document, compressed on the way', async (context) => {
  const { url } = server(context)
  const response = await http.get(`${url}/small.json`)
  expect(await response.json()).toEqual(document)
})

test('many at once', async (context) => {
  const { url } = server(context)
  await using api = http.createClient({ baseUrl: url })
  const statuses = await map(
    Array.from({ length: 300 }),
    async () => (await api.get('/small.json')).status,
    {
      concurrency: 50,
    },
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
})

test('a redirect is followed', async (context) => {
  const { url } = server(context)
  expect(await http.get(`${url}/moved`).json()).toEqual(document)
})

test('a large body arrives whole over TLS', async (context) => {
  const { tlsUrl } = server(context)
  await using api = http.createClient({ baseUrl: tlsUrl, tls: { ca: authority.ca } })
  expect(await api.get('/large.txt').text()).toBe(large)
})

test('an authority that nobody trusts is refused', async (context) => {
  const { tlsUrl } = server(context)
  await expect(codeOf(http.get(`${tlsUrl}/small.json`).text())).resolves.toBe(
    'NET_TLS_CERT_UNTRUSTED',
  )
})

test('a body at 1 KiB a second is aborted at once', async (context) => {
  const { url } = server(context)
  const controller = new AbortController()
  const response = await http.get(`${url}/slow`, { signal: controller.signal })
  const text = codeOf(response.text())
  controller.abort()
  await expect(text).resolves.toBe('NET_ABORTED')
})

test('404 and 405 are errors with their status', async (context) => {
  const { url } = server(context)
  await expect(codeOf(http.get(`${url}/nothing`).text())).resolves.toBe('NET_NOT_FOUND')
  const error: unknown = await http
    .post(`${url}/small.json`, { json: {} })
    .text()
    .catch((e: unknown) => e)
  expect(isNetError(error) && error.reply?.status).toBe(405)
})

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.catch((reason: unknown) => reason)
  return isNetError(error) ? error.code : error
}
