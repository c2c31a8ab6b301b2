import { connect, listen, tlsSessionCache, type TlsOptions } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { identityFor, serverIdentities } from '../../src/tls/server-identity.ts'
import { failure } from '../support.ts'

const certificates = createCertificates()
const { ca } = certificates
const one = certificates.issue({ names: ['one.test', '*.one.test'] })
const two = certificates.issue({ names: ['two.test'] })

async function subjectFor(url: string, servername: string): Promise<string | undefined> {
  const tls = { ca, servername, dangerouslySkipNameVerification: true }
  await using connection = await connect(url, { tls })
  return connection.info.tls?.certificate?.subject
}

test('[SOCK-53] the certificate is chosen by the name that the client asks for', async () => {
  await using server = await startEchoServer({ tls: one, onError: () => {} })
  await server.useTls([one, two])
  expect(await subjectFor(server.url, 'two.test')).toBe('CN=two.test')
  expect(await subjectFor(server.url, 'one.test')).toBe('CN=one.test')
  expect(await subjectFor(server.url, 'sub.one.test')).toBe('CN=one.test')
  expect(await subjectFor(server.url, 'other.test')).toBe('CN=one.test')
  // Without SNI, as for an address.
  expect(await subjectFor(server.url, '127.0.0.1')).toBe('CN=one.test')
})

test('[SOCK-53] a server takes a list, and knows which name was asked for', async () => {
  const names: unknown[] = []
  await using server = await listen(
    'tls://127.0.0.1:0',
    (connection) => void names.push(connection.info.tls?.servername),
    { tls: [one, two] },
  )
  await using connection = await connect(server.url, { tls: { ca, servername: 'two.test' } })
  expect(await connection.read()).toBeNull()
  expect(names).toEqual(['two.test'])
})

test('[SOCK-53] certificates are renewed without a restart; open connections go on', async () => {
  await using server = await startEchoServer({ tls: one, onError: () => {} })
  await using before = await connect(server.url, { tls: { ca, servername: 'one.test' } })
  await server.useTls(two)
  expect(await subjectFor(server.url, 'one.test')).toBe('CN=two.test')
  await before.write('x')
  expect((await before.readExactly(1)).length).toBe(1)
  expect((await failure(server.useTls({ cert: two.cert }))).code).toBe('NET_BAD_OPTION')
  expect(await subjectFor(server.url, 'one.test')).toBe('CN=two.test')
})

test('[SOCK-53] a name of a list asks for client certificates, and the others do not', async () => {
  const open = certificates.issue({ names: ['open.test'] })
  const closed: TlsOptions = { ...certificates.issue({ names: ['closed.test'] }), ca }
  const errors: unknown[] = []
  await using server = await startEchoServer({ tls: open, onError: (error) => errors.push(error) })
  await server.useTls([open, closed])
  const echoes = async (tls: TlsOptions): Promise<number> => {
    await using connection = await connect(server.url, { tls: { ca, ...tls } })
    await connection.write('x')
    return (await connection.readExactly(1)).length
  }
  expect(await echoes({ servername: 'open.test' })).toBe(1)
  expect(
    await echoes({ servername: 'closed.test', ...certificates.issue({ names: ['me'] }) }),
  ).toBe(1)
  await failure(echoes({ servername: 'closed.test' }))
  const stranger = createCertificates().issue({ names: ['me'] })
  await failure(echoes({ servername: 'closed.test', ...stranger }))
  expect(errors).toMatchObject([{ code: 'NET_TLS_HANDSHAKE' }, { code: 'NET_TLS_CERT_UNTRUSTED' }])
})

test('options are made ready once', async () => {
  const tls = Object.freeze({ ...one })
  const [first] = await serverIdentities(tls, {})
  expect((await serverIdentities(tls, {}))[0]).toBe(first)
  expect(identityFor([first], 'any.test')).toBe(first)
})

test('a list without a certificate is refused', async () => {
  const call = listen('tls://127.0.0.1:0', () => {}, { tls: [] })
  expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '[SOCK-53] where a name of a list asks for client certificates, no client is let in by a session (%s)',
  async (maxVersion) => {
    const closed = { ...certificates.issue({ names: ['closed.test'] }), ca }
    const tls = [{ ...certificates.issue({ names: ['open.test'] }), maxVersion }, closed]
    await using server = await listen('tls://127.0.0.1:0', (each) => each.write('hello'), { tls })
    const own = certificates.issue({ names: ['client'] })
    const session = tlsSessionCache()
    for (let time = 0; time < 3; time++) {
      const client = { ca, ...own, servername: 'closed.test', session }
      await using connection = await connect(server.url, { tls: client })
      expect(await connection.readText()).toBe('hello')
      expect(connection.info.tls?.resumed).toBe(false)
    }
  },
)
