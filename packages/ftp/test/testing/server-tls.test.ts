import { expect, test } from 'vitest'

import { secure, tcpDialer } from '@net/socket'
import { createCertificates, memoryPair } from '@net/socket/testing'

import { isResumed, ServerTls } from '../../src/testing/server-tls.ts'

test('speaks TLS over any road, and a session is not resumed at first', async () => {
  const certificates = createCertificates()
  const [ours, theirs] = memoryPair()
  const [client, server] = await Promise.all([
    secure(ours, { ca: certificates.ca, servername: 'localhost' }),
    new ServerTls(certificates.issue()).secure(theirs),
  ])
  expect(isResumed(server)).toBe(false)
  await server.write([Buffer.from('hello')])
  expect(Buffer.from((await client.read()) ?? []).toString()).toBe('hello')
  await Promise.all([client.close(), server.close()])
})

test('a client that gives up is reported', async () => {
  const dialer = tcpDialer()
  await using listener = await dialer.listen!({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  const accepted = listener.accept()
  const ours = await dialer.dial(listener.address)
  const handshake = new ServerTls(createCertificates().issue()).secure((await accepted)!)
  ours.abort()
  await expect(handshake).rejects.toThrow()
})

test('without TLS there is nothing to resume', () => {
  const [ours] = memoryPair()
  expect(isResumed(ours)).toBe(false)
})
