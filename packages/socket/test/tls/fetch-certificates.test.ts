import { connect, fetchCertificates, publicKeyPin } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

test('[SOCK-46] the certificates of a server are looked at without trust, and pinned', async () => {
  const tls = createCertificates().issue({ selfSigned: true })
  await using server = await startEchoServer({ tls, onError: () => {} })
  const [certificate] = await fetchCertificates(server.url)
  expect(certificate?.subject).toBe('CN=localhost')
  const pins = [publicKeyPin(certificate!)]
  await using connection = await connect(server.url, {
    tls: { pins, ca: certificate!.toString() },
  })
  expect(connection.info.tls?.authorized).toBe(true)
})

test('[SOCK-46] the name is that of SNI', async () => {
  const authority = createCertificates()
  const named = authority.issue({ names: ['named.test'] })
  await using server = await startEchoServer({ tls: authority.issue(), onError: () => {} })
  await server.useTls([authority.issue(), named])
  const [certificate] = await fetchCertificates(server.url, { servername: 'named.test' })
  expect(certificate?.subject).toBe('CN=named.test')
})

test('without TLS there are none', async () => {
  await using server = await startEchoServer()
  expect((await failure(fetchCertificates(server.url))).code).toBe('NET_BAD_URL')
})
