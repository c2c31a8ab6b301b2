import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import { connect, listen, toSocket } from '@net/socket'
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

test('a session that is closed before anything runs in it is over', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using client = await logInTo(server)
  // From here on the client runs one command at a time.
  server.fail({ on: 'open session', do: { reply: 'close' } })
  expect(await client.exec('ls')).toMatchObject({ stdout: 'a' })
  server.fail({ on: 'exec ls', do: { reply: 'failure' } })
  expect(await failureOf(client.exec('ls'))).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  const limits = { timeout: { pool: 10_000 } }
  expect(await client.exec('ls', limits)).toMatchObject({ stdout: 'a' })
})

test('what a server sends before its end arrives whole, and what the client says after that', async () => {
  const heard = Promise.withResolvers<Uint8Array>()
  await using target = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.write(Buffer.alloc(LONG))
    await connection.end()
    heard.resolve(await connection.readAll())
  })
  await using server = await startSshServer()
  await using client = await logInTo(server)
  await using connection = await connect(target.url, { dialer: client.dialer })
  let received = 0
  for await (const chunk of connection) {
    received += chunk.length
    await turn()
  }
  expect(received).toBe(LONG)
  await connection.write('thanks')
  await connection.end()
  expect(Buffer.from(await heard.promise).toString()).toBe('thanks')
})

test('a tunnel to a server that takes nothing ends with its connection', async () => {
  const deaf = createServer({ pauseOnConnect: true })
  await once(deaf.listen(0, '127.0.0.1'), 'listening')
  const { port } = deaf.address() as AddressInfo
  const sockets = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  await using server = await startSshServer()
  const before = sockets()
  const client = await logInTo(server)
  const [transport, [held]] = await Promise.all([
    client.dialer.dial({ scheme: 'tcp', host: '127.0.0.1', port }),
    once(deaf, 'connection') as Promise<[Socket]>,
  ])
  const near = toSocket(transport).on('error', () => {})
  // More than the buffers of the system hold; the last of it stays with the client.
  for (let sent = 0; sent < 64; sent++) near.write(Buffer.alloc(1024 * 1024))
  for (let turns = 0; turns < 2000; turns++) await turn()
  await client.close({ grace: 0 })
  await server.idle()
  // The one of the target.
  await vi.waitUntil(() => sockets() <= before + 1, { timeout: 20_000 })
  expect(server.connections).toBe(0)
  held.destroy()
  await once(deaf.close(), 'close')
})

// More than fits into the window of a channel and the memory around it.
const LONG = 8_000_000
