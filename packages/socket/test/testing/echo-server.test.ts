import { connect } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

test('it sends back what it gets and counts it', async () => {
  await using server = await startEchoServer()
  await using connection = await connect(server.url)
  await connection.write('hello')
  await connection.end()
  expect([await connection.readText(), server.received]).toEqual(['hello', 5])
})

test('with a certificate it speaks TLS', async () => {
  const certificates = createCertificates()
  await using server = await startEchoServer({ tls: certificates.issue() })
  expect(server.url).toMatch(/^tls:/)
  await using connection = await connect(server.url, { tls: { ca: certificates.ca } })
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('hello')
})
