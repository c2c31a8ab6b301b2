import { X509Certificate } from 'node:crypto'

import {
  connect,
  connectDialer,
  listen,
  publicKeyPin,
  secure,
  secureServer,
  type TlsOptions,
} from '@net/socket'
import {
  createCertificates,
  memoryPair,
  startConnectServer,
  startEchoServer,
  type IssueOptions,
} from '@net/socket/testing'
import { expect, test } from 'vitest'

import { certificateError, describeCertificate } from '../../src/tls/certificate-errors.ts'
import { failure } from '../support.ts'

const certificates = createCertificates()
const stranger = createCertificates()
const { ca } = certificates
const leaf = new X509Certificate(certificates.issue({ names: ['www.example', '127.0.0.1'] }).cert)

/** What is told of a server with such a certificate, in whose place `HOST` stands for where it is. */
async function told(issue: IssueOptions, tls: TlsOptions, from = certificates): Promise<string> {
  const issued = from.issue(issue)
  await using server = await startEchoServer({ tls: issued, onError: () => {} })
  const error = await failure(connect(`tls://localhost:${server.address.port}`, { tls }))
  const shown = new X509Certificate(issued.cert)
  expect(error.message.includes(shown.fingerprint256)).toBe(true)
  expect(error.message).toContain(`subject ${shown.subject}`)
  expect(error.message).toContain(`to ${new Date(shown.validTo).toISOString().slice(0, 10)}`)
  // What Node said stays the cause.
  if (error.code !== 'NET_TLS_CERT_PIN') expect(error.cause).toBeInstanceOf(Error)
  return error.message.replaceAll(`localhost:${server.address.port}`, 'HOST')
}

test('a certificate of an authority that is not known: who issued it, and how it would be trusted', async () => {
  const message = await told({}, { ca }, stranger)
  expect(message).toContain('issued the certificate of the server HOST')
  expect(message).toContain(`issuer ${new X509Certificate(stranger.ca).subject}`)
  for (const help of ['tls: { ca }', 'SSL_CERT_FILE', '--use-system-ca', 'intermediate']) {
    expect(message).toContain(help)
  }
})

test('a certificate that signed itself: it can be passed itself', async () => {
  const message = await told({ selfSigned: true }, { ca })
  expect(message).toContain('the certificate of the server HOST signed itself')
  expect(message).toContain('pass it as tls: { ca }')
})

test('an authority that the server sent along and that is not trusted', async () => {
  const issued = stranger.issue()
  const tls = { ...issued, cert: issued.cert + stranger.ca }
  await using server = await startEchoServer({ tls, onError: () => {} })
  const { message } = await failure(
    connect(`tls://localhost:${server.address.port}`, { tls: { ca } }),
  )
  const authority = new X509Certificate(stranger.ca).subject
  expect(message).toContain(`comes from the authority ${authority}, which is not trusted`)
})

test('an expired certificate: since when, and what our clock says', async () => {
  const message = await told({ expired: true }, { ca })
  expect(message).toMatch(
    /has expired on [-\d]{10}T[:\d]{8}Z, and our clock says [-\d]{10}T[:\d]{8}Z/,
  )
  expect(message).toContain('renew')
})

test('a certificate for another host: for which, and for which not', async () => {
  const names = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example', 'f.example']
  const message = await told({ names }, { ca })
  expect(message).toContain(
    'is for a.example, b.example, c.example, d.example, e.example and 1 more',
  )
  expect(message).toContain('and not for localhost')
  expect(message).toContain('tls: { servername }')
})

test('a key that is not pinned: which one, what was pinned, and what to pass if it is right', async () => {
  const issued = certificates.issue()
  await using server = await startEchoServer({ tls: issued, onError: () => {} })
  const pins = ['x'.repeat(44)]
  const { message } = await failure(
    connect(`tls://localhost:${server.address.port}`, { tls: { ca, pins } }),
  )
  const found = publicKeyPin(new X509Certificate(issued.cert))
  expect(message).toContain(`pinned is ${pins[0]}`)
  expect(message).toContain(`pass tls: { pins: ['${found}'] }`)
})

test('the certificate of a proxy is said to be the proxy’s', async () => {
  await using proxy = await startConnectServer({ tls: stranger.issue() })
  await using server = await startEchoServer({ tls: certificates.issue() })
  const dialer = connectDialer(proxy.url, { tls: { ca } })
  const error = await failure(connect(server.url, { dialer, tls: { ca } }))
  expect(error.code).toBe('NET_TLS_CERT_UNTRUSTED')
  expect(error.message).toContain(`the certificate of the proxy 127.0.0.1:${proxy.address.port}`)
})

test('a server that asks for a certificate of ours says so, with every version of TLS', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const asking = { ...certificates.issue(), ca }
    await using server = await startEchoServer({ tls: asking, onError: () => {} })
    const tls = { ca, maxVersion }
    const error = await failure(async () => {
      await using connection = await connect(`tls://localhost:${server.address.port}`, { tls })
      await connection.readAll()
    })
    expect(error.code).toBe('NET_TLS_HANDSHAKE')
    expect(error.message).toContain('tls: { cert, key }')
  }
})

test('a server says which client it refuses, and why', async () => {
  const told = Promise.withResolvers<Error>()
  const asking = { ...certificates.issue(), ca }
  const onError = (error: unknown) => told.resolve(error as Error)
  await using server = await startEchoServer({ tls: asking, onError })
  const tls = { ca, ...stranger.issue({ names: ['client.example'] }) }
  await failure(async () => {
    await using connection = await connect(`tls://localhost:${server.address.port}`, { tls })
    await connection.readAll()
  })
  expect((await told.promise).message).toContain('the certificate of the client')
  expect((await told.promise).message).toContain('client.example')
})

test('a peer that does not speak TLS: what its port may be', async () => {
  await using server = await listen('tcp://127.0.0.1:0', (connection) =>
    connection.write('220 mail.example is ready\r\n'),
  )
  const url = server.url.replace('tcp', 'tls')
  const error = await failure(connect(url))
  expect(error.code).toBe('NET_TLS_NOT_TLS')
  expect(error.message).toContain('STARTTLS')
})

test("the server's error names a client without a certificate", async () => {
  const [ours, theirs] = memoryPair()
  const server = failure(secureServer(theirs, { ...certificates.issue(), ca }))
  await secure(ours, { ca, servername: 'localhost' }).catch(() => {})
  expect((await server).message).toContain('the client sent no certificate')
})

test('other errors of OpenSSL keep its text', () => {
  const cause = Object.assign(new Error('invalid CA certificate'), { code: 'INVALID_CA' })
  const error = certificateError(cause, { who: 'the server x:1', chain: [leaf] })
  expect(error.code).toBe('NET_TLS_CERT_UNTRUSTED')
  expect(error.message).toContain('(invalid CA certificate)')
  const revoked = Object.assign(new Error('certificate revoked'), { code: 'CERT_REVOKED' })
  const other = certificateError(revoked, { who: 'the server x:1', chain: [leaf] })
  expect(other.message).toContain('was revoked by its issuer')
})

test('without a certificate there is nothing to describe', () => {
  const cause = Object.assign(new Error('no'), { code: 'CERT_REVOKED' })
  expect(certificateError(cause, { who: 'x', chain: [] }).message).toBe(
    'the certificate was revoked',
  )
})

test('a certificate is one line', () => {
  expect(describeCertificate(leaf)).toMatch(
    /^subject CN=www\.example, names www\.example, 127\.0\.0\.1, issuer CN=net test authority .*, valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, SHA-256 [:0-9A-F]{95}$/,
  )
})
