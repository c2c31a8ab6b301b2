import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { connect, toFile } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { tcpDialer, type TlsOptions, type Transport } from '@net/socket'
import { createCertificates, type IssuedCertificate } from '@net/socket/testing'

import { secureData } from '../src/data-tls.ts'
import { download } from '../src/download.ts'
import { ServerTls } from '../src/testing/server-tls.ts'
import { inOperation, openSession, users } from './open-session.ts'

const certificates = createCertificates()
const folder = mkdtempSync(join(tmpdir(), 'net-ftp-tls-'))

afterAll(() => rmSync(folder, { recursive: true }))

async function handshake(certificate: IssuedCertificate, tls: TlsOptions): Promise<Transport> {
  const dialer = tcpDialer()
  await using listener = await dialer.listen!({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  const accepted = listener.accept()
  const data = await dialer.dial(listener.address)
  const server = new ServerTls(certificate).secure((await accepted)!)
  server.catch(() => {})
  try {
    return await inOperation((op) =>
      secureData(op, data, { tls, name: 'localhost', session: undefined }),
    )
  } finally {
    await server.then((transport) => transport.abort()).catch(() => {})
  }
}

test('a session that is not resumed is verified anew', async () => {
  const secured = await handshake(certificates.issue(), { ca: certificates.ca })
  expect(secured.info.tls?.resumed).toBe(false)
  secured.abort()
})

test.each([
  ['of another host', { names: ['example.com'] }, 'NET_TLS_CERT_HOST'],
  ['that signs itself', { selfSigned: true }, 'NET_TLS_CERT_UNTRUSTED'],
  ['that is expired', { expired: true }, 'NET_TLS_CERT_EXPIRED'],
])('[H-FTP-06] a data connection with a certificate %s is refused', async (_, issue, code) => {
  await expect(handshake(certificates.issue(issue), { ca: certificates.ca })).rejects.toMatchObject(
    {
      code,
      phase: 'tls',
    },
  )
})

test('pins hold for data connections too', async () => {
  const tls = { ca: certificates.ca, pins: ['not this one'] }
  await expect(handshake(certificates.issue(), tls)).rejects.toMatchObject({
    code: 'NET_TLS_CERT_PIN',
  })
})

test('what the caller accepts unverified is accepted here too', async () => {
  const secured = await handshake(certificates.issue({ selfSigned: true }), {
    dangerouslySkipVerification: true,
  })
  expect(secured.info.encrypted).toBe(true)
  secured.abort()
})

/** A server whose connections end without the close_notify of TLS. */
function startSilentEnd(without: readonly string[]): Promise<FtpServer> {
  const tls = { ...certificates.issue(), closeNotify: false }
  return startFtpServer({ users, files: { '/file': '0123456789' }, without, tls })
}

async function fetched(server: FtpServer, name: string, tls: TlsOptions): Promise<unknown> {
  await using test = await openSession(server, tls)
  const sink = toFile(join(folder, name))
  return await test.use((dialog, session) =>
    download(session, dialog, { path: 'file', sink, resume: false }),
  )
}

test('[H-FTP-10] without close_notify and without a size a file may be incomplete', async () => {
  await using server = await startSilentEnd(['SIZE'])
  const call = fetched(server, 'cut-off', { ca: certificates.ca })
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', protocol: 'ftp', phase: 'receive' })
  expect(String(error)).toContain('close_notify')
  expect(existsSync(join(folder, 'cut-off'))).toBe(false)
})

test('where the size is known and all of it came, no close_notify is needed', async () => {
  await using server = await startSilentEnd([])
  const result = await fetched(server, 'sized', { ca: certificates.ca })
  expect(result).toMatchObject({ size: 10, verified: true })
})

test('a server that never sends close_notify can be allowed by name', async () => {
  await using server = await startSilentEnd(['SIZE'])
  const tls = { ca: certificates.ca, dangerouslyAllowTruncation: true }
  expect(await fetched(server, 'allowed', tls)).toMatchObject({ size: 10 })
})

test('[FTP-15] an authority of our own, a certificate of the client, and a version of TLS', async () => {
  const others = createCertificates()
  await using server = await startFtpServer({
    users,
    files: { '/a': 'hello' },
    tls: { ...certificates.issue(), clientCa: others.ca },
    requireSessionReuse: true,
  })
  const login = { user: 'joe', password: 'open sesame', retry: false } as const
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = { ca: certificates.ca, maxVersion, ...others.issue({ names: ['joe'] }) }
    await using client = await connect(server.url, { ...login, tls })
    expect(client.info.tls?.protocol).toBe(maxVersion)
    expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  }
  const ca = certificates.ca
  for (const tls of [{ ca }, { ca, ...certificates.issue({ names: ['joe'] }) }]) {
    await expect(connect(server.url, { ...login, tls })).rejects.toMatchObject({
      protocol: 'ftp',
      operation: 'connect',
    })
  }
})
