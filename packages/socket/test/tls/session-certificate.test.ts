import { connect } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import type { TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'

import { sessionCertificate } from '../../src/tls/session-certificate.ts'

const certificates = createCertificates()

test('[SOCK-45] the certificate of the server is in the session', async () => {
  await using server = await startEchoServer({
    tls: { ...certificates.issue(), maxVersion: 'TLSv1.2' },
  })
  await using connection = await connect(server.url, { tls: { ca: certificates.ca } })
  const { certificate } = connection.info.tls ?? {}
  const socket = connection.toSocket() as TLSSocket
  const session = socket.getSession()!
  socket.destroy()
  expect(sessionCertificate(session)?.fingerprint256).toBe(certificate?.fingerprint256)
  for (let size = 0; size < session.length; size += 97) {
    expect(sessionCertificate(session.subarray(0, size))).toBeUndefined()
  }
})

test('what is no session has none', () => {
  for (const hex of [
    '',
    '30',
    '3003020101',
    '3000',
    '0203010203',
    '3004a3023000',
    '30850000000001',
  ]) {
    expect(sessionCertificate(Buffer.from(hex, 'hex'))).toBeUndefined()
  }
})
