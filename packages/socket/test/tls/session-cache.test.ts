import { connect, tlsSessionCache, type TlsOptions } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { cacheOf } from '../../src/tls/session-cache.ts'
import { failure } from '../support.ts'

const certificates = createCertificates()
const { ca } = certificates

/** Connects, waits for a session, and says whether an earlier one was resumed. */
async function isResumed(url: string, tls: TlsOptions): Promise<boolean | undefined> {
  await using connection = await connect(url, { tls })
  await connection.write('x')
  await connection.readExactly(1)
  return connection.info.tls?.resumed
}

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`[SOCK-45] the next connection resumes the session (${maxVersion})`, async () => {
    await using server = await startEchoServer({ tls: { ...certificates.issue(), maxVersion } })
    const tls = { ca, session: tlsSessionCache() }
    expect(await isResumed(server.url, tls)).toBe(false)
    expect(await isResumed(server.url, tls)).toBe(true)
    expect(await isResumed(server.url, { ca, session: tlsSessionCache() })).toBe(false)
  })
}

test('[H-CORE-17] no session is resumed under another name or with other options', async () => {
  await using server = await startEchoServer({
    tls: certificates.issue({ names: ['localhost', '127.0.0.1', 'other.test'] }),
    onError: () => {},
  })
  const session = tlsSessionCache()
  const tls: TlsOptions = { ca, session }
  await isResumed(server.url, tls)
  const others: TlsOptions[] = [
    { ...tls, servername: 'other.test' },
    { ...tls, ca: [ca, createCertificates().ca] },
    { ...tls, ...certificates.issue({ names: ['me'] }) },
    { ...tls, minVersion: 'TLSv1.3' },
    { ...tls, dangerouslySkipVerification: true },
  ]
  for (const other of others) expect(await isResumed(server.url, other)).toBe(false)
  const strangers = { ca: createCertificates().ca, session }
  expect((await failure(isResumed(server.url, strangers))).code).toBe('NET_TLS_CERT_UNTRUSTED')
  const pinned = { ...tls, pins: ['no'] }
  expect((await failure(isResumed(server.url, pinned))).code).toBe('NET_TLS_CERT_PIN')
  expect(await isResumed(server.url, tls)).toBe(true)
})

test('[H-CORE-17] a session from a server that was not verified is kept for nobody who verifies', async () => {
  await using server = await startEchoServer({
    tls: certificates.issue({ selfSigned: true }),
    onError: () => {},
  })
  const session = tlsSessionCache()
  await isResumed(server.url, { session, dangerouslySkipVerification: true })
  const refused = await failure(isResumed(server.url, { session, ca }))
  expect(refused.code).toBe('NET_TLS_CERT_UNTRUSTED')
})

test('[H-CORE-17] a server that asks for certificates resumes no session', async () => {
  await using server = await startEchoServer({ tls: { ...certificates.issue(), ca } })
  const tls = { ca, session: tlsSessionCache(), ...certificates.issue({ names: ['me'] }) }
  expect(await isResumed(server.url, tls)).toBe(false)
  expect(await isResumed(server.url, tls)).toBe(false)
})

test('a session is taken once, and the server that was not used for the longest is forgotten', () => {
  const cache = tlsSessionCache({ max: 2 })
  for (const key of ['a', 'b', 'a', 'c']) cache.add(key, Buffer.from(key))
  expect(cache.take('b')).toBeUndefined()
  expect(['c', 'c', 'a', 'a', 'a'].map((key) => cache.take(key)?.length)).toEqual([
    1,
    undefined,
    1,
    1,
    undefined,
  ])
})

test('a cache of the caller gets sessions, and one that fails is a warning', async () => {
  await using server = await startEchoServer({ tls: certificates.issue() })
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  const added: Uint8Array[] = []
  const session = {
    take: () => {
      throw new Error('my own mistake')
    },
    add: (_key: string, one: Uint8Array) => void added.push(one),
  }
  expect(await isResumed(server.url, { ca, session })).toBe(false)
  expect((await warned).message).toContain('my own mistake')
  expect(added.length).toBeGreaterThan(0)
})

test('each client has a cache of its own', () => {
  const [one, two] = [{}, {}]
  expect(cacheOf(one)).toBe(cacheOf(one))
  expect(cacheOf(one)).not.toBe(cacheOf(two))
})
