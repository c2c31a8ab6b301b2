import { expect, test } from 'vitest'

import { startEchoServer } from '@net/socket/testing'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

test('it says where it is, and closes what it has open', async () => {
  const server = await startSshServer()
  const { host, port } = server.address
  expect(server.url).toBe(`ssh://${host}:${port}`)
  expect(server.knownHostsLine).toBe(`[${host}]:${port} ${server.hostKey.publicKey}\n`)
  const client = await logInTo(server)
  expect(server.connections).toBe(1)
  await server.close()
  await server.idle()
  await client.closed
  await client.close()
})

test('a host key can be given, and the record is in order, without passwords', async () => {
  const hostKey = createSshKey()
  await using server = await startSshServer({ hostKey, exec: { ls: '' } })
  await using client = await logInTo(server)
  await client.exec('ls', { env: { A: '1' } })
  expect(client.info.hostKey.fingerprint).toBe(hostKey.fingerprint)
  expect(server.received).toEqual([
    { what: 'auth', text: 'none ada', user: 'ada' },
    { what: 'auth', text: 'password ada', user: 'ada' },
    { what: 'exec', text: 'ls', user: 'ada', env: { A: '1' } },
  ])
  expect(await server.waitFor(({ what }) => what === 'exec')).toMatchObject({ text: 'ls' })
})

test('a tunnel leads to loopback and to what has a route, and nowhere else', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer({ routes: { 'a:1': `127.0.0.1:${echo.address.port}` } })
  await using client = await logInTo(server)
  const open = async (host: string, port: number): Promise<void> => {
    const transport = await client.dialer.dial({ scheme: 'tcp', host, port })
    await transport.close()
  }
  await open('a', 1)
  await open('127.0.0.1', echo.address.port)
  expect(await failureOf(open('a', 2))).toMatchObject({ name: 'ConnectError' })
  expect(await failureOf(open('example.com', 80))).toMatchObject({ name: 'ConnectError' })
})
