import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from 'vitest'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect as connectSocket, listen, toSocket } from '@net/socket'
import { checkDialer, startEchoServer } from '@net/socket/testing'
import { startSshServer } from '@net/ssh/testing'

import { sshDialer } from '../src/ssh-dialer.ts'
import { failureOf, logInTo } from './embedded.ts'

test('[SSH-46] a connection through the server, to where the server leads it', async () => {
  await using echo = await startEchoServer()
  const { port } = echo.address
  await using server = await startSshServer({ routes: { 'db.internal:5432': `127.0.0.1:${port}` } })
  await using host = await logInTo(server)
  await using connection = await connectSocket('tcp://db.internal:5432', { dialer: host.dialer })
  await connection.write('hello')
  expect(Buffer.from(await connection.readExactly(5)).toString()).toBe('hello')
  expect(connection.info).toMatchObject({
    endpoint: { host: 'db.internal', port: 5432 },
    hops: [{ kind: 'ssh', endpoint: server.address }],
    encrypted: false,
  })
  await connection.end()
  expect(await connection.read()).toBeNull()
  expect(server.received.at(-1)).toMatchObject({ what: 'tunnel', text: 'db.internal:5432' })
  expect(sshDialer.length).toBe(1)
})

test('a tunnel that ends on the server itself counts as encrypted', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  await using host = await logInTo(server)
  await using connection = await connectSocket(echo.url, { dialer: host.dialer })
  expect(connection.info.encrypted).toBe(true)
})

test('the dialer conforms', async () => {
  await checkDialer(async () => {
    const echo = await startEchoServer()
    const server = await startSshServer()
    const host = await logInTo(server)
    return {
      dialer: host.dialer,
      echo: echo.address,
      async [Symbol.asyncDispose]() {
        for (const each of [host, server, echo]) await each[Symbol.asyncDispose]()
      },
    }
  })
})

test('much data in both directions arrives whole', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  await using host = await logInTo(server)
  await using connection = await connectSocket(echo.url, { dialer: host.dialer })
  const data = Buffer.alloc(9 * 1024 * 1024, 'net')
  const writing = connection.write(data).then(() => connection.end())
  const read = Buffer.from(await connection.readAll())
  await writing
  expect(read.equals(data)).toBe(true)
})

test('HTTP of Node itself goes through the tunnel', async () => {
  const web = createServer((_, response) => response.end('hello from inside'))
  await new Promise<void>((resolve) => {
    web.listen(0, '127.0.0.1', resolve)
  })
  const { port } = web.address() as AddressInfo
  await using server = await startSshServer({ routes: { 'intranet:80': `127.0.0.1:${port}` } })
  await using host = await logInTo(server)
  const transport = await host.dialer.dial({ scheme: 'tcp', host: 'intranet', port: 80 })
  const socket = toSocket(transport)
  socket.write('GET / HTTP/1.1\r\nhost: intranet\r\nconnection: close\r\n\r\n')
  const chunks: Uint8Array[] = []
  for await (const chunk of socket as AsyncIterable<Uint8Array>) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toContain('hello from inside')
  web.close()
})

test('[SSH-05] a connection through a connection, over several hops', async () => {
  await using inner = await startSshServer({ exec: { hostname: 'inner' } })
  await using middle = await startSshServer()
  await using outer = await startSshServer()
  await using first = await logInTo(outer)
  await using second = await logInTo(middle, { dialer: first.dialer })
  await using third = await logInTo(inner, { dialer: second.dialer })
  expect((await third.exec('hostname')).stdout).toBe('inner')
  expect(third.info.hops).toEqual([
    { kind: 'ssh', endpoint: outer.address },
    { kind: 'ssh', endpoint: middle.address },
  ])
})

test('an address that the server does not reach, or does not lead to', async () => {
  await using server = await startSshServer()
  await using gone = await startEchoServer()
  const { address } = gone
  await gone.close()
  await using host = await logInTo(server)
  expect(await failureOf(host.dialer.dial(address))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    phase: 'connect',
    operation: 'dial',
    cause: { name: 'SshChannelError', reason: 2 },
  })
  const nowhere = { scheme: 'tcp', host: 'nowhere.invalid', port: 1 }
  expect(await failureOf(host.dialer.dial(nowhere))).toMatchObject({ name: 'ConnectError' })
  const path = { scheme: 'unix', host: '', port: 0, path: '/run/x' }
  expect(await failureOf(host.dialer.dial(path))).toMatchObject({ name: 'ConnectError' })
})

test('[H-SSH-12] a tunnel that is never opened is a time-out, and an abort ends the wait', async () => {
  await using server = await startSshServer()
  await using echo = await startEchoServer()
  using clock = useFakeClock()
  await using host = await logInTo(server, { keepAlive: false })
  server.fail({ on: 'open 127', do: 'stall', times: 2 })
  const failure = failureOf(host.dialer.dial(echo.address))
  await clock.until(() => server.received.some(({ what }) => what === 'tunnel'))
  await clock.advance(10_000)
  expect(await failure).toMatchObject({
    code: 'NET_TIMEOUT_CONNECT',
    phase: 'connect',
    retry: 'safe',
  })
  const controller = new AbortController()
  const aborted = failureOf(host.dialer.dial(echo.address, { signal: controller.signal }))
  await clock.advance(0)
  controller.abort()
  expect(await aborted).toMatchObject({ code: 'NET_ABORTED' })
})

test('a tunnel ends with its connection', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  const host = await logInTo(server)
  await using connection = await connectSocket(echo.url, { dialer: host.dialer })
  const reading = failureOf(connection.read())
  await server.close()
  expect(await reading).toMatchObject({ name: 'ConnectionLostError' })
  expect(await connection.closed).toMatchObject({ name: 'ConnectionLostError' })
  expect(await failureOf(connection.write('x'))).toMatchObject({ name: 'ConnectionLostError' })
  await host.close()
})

test('[H-SOCK-22] when the tunnel dies, all that goes through it ends at once', async () => {
  await using quiet = await listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.closed
  })
  await using server = await startSshServer()
  const host = await logInTo(server)
  const opened = Array.from({ length: 5 }, () => connectSocket(quiet.url, { dialer: host.dialer }))
  const connections = await Promise.all(opened)
  const waiting = connections.map((connection) => failureOf(connection.read()))
  // A write that waits for room is let go as well.
  const writing = failureOf(connections[0]!.write(new Uint8Array(64_000_000)))
  server.fail({ on: 'exec', do: 'reset' })
  const command = failureOf(host.exec('ls'))
  for (const each of [...waiting, writing, command]) {
    expect(await each).toMatchObject({ name: 'ConnectionLostError' })
  }
  for (const connection of connections) {
    expect(connection.info.hops).toMatchObject([{ kind: 'ssh' }])
    expect(await connection.closed).toMatchObject({ name: 'ConnectionLostError' })
  }
  await host.close()
})

test('[H-SSH-11] a server that sends more than the window of a slow reader breaks the protocol', async () => {
  // The widest window has 16 MiB, and has them at once where the server answers late.
  await using source = await listen('tcp://127.0.0.1:0', async (connection) => {
    const chunk = Buffer.alloc(256 * 1024)
    for (let sent = 0; sent < 96; sent++) await connection.write(chunk)
  })
  await using server = await startSshServer({ quirks: { breaks: 'window' } })
  const host = await logInTo(server)
  const transport = await host.dialer.dial(source.address)
  // The test reads nothing.
  expect(await host.closed).toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    message: expect.stringContaining('window'),
  })
  expect(transport.info.endpoint).toEqual(source.address)
})

test('a dial is published as part of its call', async () => {
  await using echo = await startEchoServer()
  await using server = await startSshServer()
  await using host = await logInTo(server)
  using events = captureEvents()
  await using connection = await connectSocket(echo.url, { dialer: host.dialer })
  const operations = events.of('operation').filter(({ state }) => state === 'start')
  const [whole, dial] = operations
  expect([whole?.operation, dial?.operation, dial?.parent]).toEqual(['connect', 'dial', whole?.id])
  expect(connection.info.hops).toHaveLength(1)
})
