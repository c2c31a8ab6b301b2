import { expect, test } from 'vitest'

import { tcpDialer, type TlsOptions, type Transport } from '@net/socket'
import { createCertificates, type IssuedCertificate } from '@net/socket/testing'

import { secureData } from '../src/data-tls.ts'
import { ServerTls } from '../src/testing/server-tls.ts'
import { inOperation } from './open-session.ts'

const certificates = createCertificates()

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
