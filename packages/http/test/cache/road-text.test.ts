import { secret } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { tcpDialer } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { roadText } from '../../src/cache/road-text.ts'
import { answerOf, startRawServer } from '../raw-server.ts'

test('the usual road says nothing, and every other one what tells it apart', () => {
  expect(roadText({})).toBeUndefined()
  expect(roadText({ mounts: { 'https:': {} } })).toBeUndefined()
  const bytes = Uint8Array.of(1, 2, 3)
  // Both have the name of their kind.
  const [one, two] = [tcpDialer(), tcpDialer()]
  const roads = [
    { tls: { cert: 'a' } },
    { tls: { cert: 'b' } },
    { tls: { cert: bytes } },
    { tls: { cert: Uint8Array.of(1, 2, 4) } },
    { tls: { dangerouslySkipVerification: true } },
    { dialer: one },
    { dialer: two },
    { tls: { cert: 'a' }, dialer: one },
    { unixSocket: '/run/one.sock' },
    { unixSocket: '/run/two.sock' },
    { mounts: { 'https://a.example': { unixSocket: '/run/one.sock' } } },
    { mounts: { 'https://b.example': { unixSocket: '/run/one.sock' } } },
    { proxy: false as const },
    { proxy: 'http://one.example' },
    { proxy: 'http://ann:x@one.example' },
    { proxy: ['http://one.example', 'http://two.example'] },
    { proxy: { https: 'http://one.example' } },
    { proxy: { http: 'http://one.example' } },
    { block: 'private' as const },
    { tls: { cert: 'a', passphrase: secret('one') } },
    { tls: { cert: 'a', passphrase: secret('two') } },
    { handler: async () => http.createResponse({ text: 'one' }) },
    { handler: async () => http.createResponse({ text: 'two' }) },
    { mounts: { 'https:': { proxy: 'http://one.example' } } },
    { mounts: { 'https:': { handler: async () => http.createResponse({ text: 'one' }) } } },
  ]
  expect(new Set(roads.map(roadText)).size).toBe(roads.length)
  expect(roadText({ tls: { key: 'k', cert: bytes } })).toBe(
    roadText({ tls: { cert: Buffer.from(bytes), key: 'k' } }),
  )
  expect(roadText({ proxy: new URL('http://one.example/') })).toBe(
    roadText({ proxy: 'http://one.example/' }),
  )
})

test('clients that share a cache do not share what their proxies and handlers answer', async () => {
  const cache = http.memoryCache()
  const answering = (text: string): http.HttpClient =>
    http.createClient({
      cache,
      handler: async () =>
        http.createResponse({ text, headers: { 'cache-control': 'max-age=60' } }),
    })
  const clients = [answering('one'), answering('two')]
  const all = async (): Promise<readonly string[]> =>
    Promise.all(clients.map((client) => client.get('http://app.internal/me').text()))
  expect(await all()).toEqual(['one', 'two'])
  expect(await all()).toEqual(['one', 'two'])
  const kept = 'cache-control: max-age=60\r\n'
  const proxyTo = (text: string): ReturnType<typeof startRawServer> =>
    startRawServer((socket) => socket.write(answerOf(text, kept)))
  await using one = await proxyTo('first')
  await using two = await proxyTo('second')
  for (const proxy of [one.url, two.url, one.url]) {
    await using client = http.createClient({ cache, proxy })
    const text = await client.get('http://app.internal/page').text()
    expect(text).toBe(proxy === one.url ? 'first' : 'second')
  }
  expect(one.heard).toHaveLength(1)
})

test('an answer is for the certificate that it was given to, and for who trusts its server', async () => {
  const authority = createCertificates()
  const issue = (): object => authority.issue({ names: ['me'] })
  await using server = await startHttpServer({
    tls: authority.issue(),
    routes: { '/me': { headers: { 'cache-control': 'max-age=60' }, body: 'mine' } },
  })
  const trust = { ca: authority.ca }
  await using client = http.createClient({ baseUrl: server.url, cache: true, tls: trust })
  const roads = [
    { ...trust, ...issue() },
    { ...trust, ...issue() },
    { dangerouslySkipVerification: true },
  ]
  for (const tls of [...roads, ...roads]) await client.get('/me', { tls }).text()
  expect(server.received).toHaveLength(roads.length)
  await using wary = http.createClient({ baseUrl: server.url, cache: client.cache })
  await expect(wary.get('/me', { retry: false })).rejects.toMatchObject({ phase: 'tls' })
})
