import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { roadText } from '../../src/cache/road-text.ts'

test('the usual road says nothing, and every other one what tells it apart', () => {
  expect(roadText({})).toBeUndefined()
  expect(roadText({ mounts: { 'https:': {} } })).toBeUndefined()
  const bytes = Uint8Array.of(1, 2, 3)
  const roads = [
    { tls: { cert: 'a' } },
    { tls: { cert: 'b' } },
    { tls: { cert: bytes } },
    { tls: { cert: Uint8Array.of(1, 2, 4) } },
    { tls: { dangerouslySkipVerification: true } },
    { dialer: { name: 'ssh one.example' } },
    { dialer: { name: 'ssh two.example' } },
    { tls: { cert: 'a' }, dialer: { name: 'ssh one.example' } },
    { unixSocket: '/run/one.sock' },
    { unixSocket: '/run/two.sock' },
    { mounts: { 'https://a.example': { unixSocket: '/run/one.sock' } } },
    { mounts: { 'https://b.example': { unixSocket: '/run/one.sock' } } },
  ]
  expect(new Set(roads.map(roadText)).size).toBe(roads.length)
  expect(roadText({ tls: { key: 'k', cert: bytes } })).toBe(
    roadText({ tls: { cert: Buffer.from(bytes), key: 'k' } }),
  )
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
