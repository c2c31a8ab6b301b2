import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { duplexPair } from 'node:stream'

import { fromSocket, overTransport, tcpDialer, toSocket } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

test('[SOCK-08] a socket of the caller becomes a connection', async () => {
  await using server = await startEchoServer()
  const socket = toSocket(await tcpDialer().dial(server.address))
  const transport = fromSocket(socket)
  expect(transport.info.endpoint).toEqual({
    scheme: 'tcp',
    host: '127.0.0.1',
    port: server.address.port,
  })
  expect(transport.duplex).toBe(socket)
  await using connection = overTransport(transport)
  await connection.write('to and fro\n')
  expect(await connection.readLine()).toBe('to and fro')
})

test('any duplex of bytes will do, with what is known of it', async () => {
  const [ours, theirs] = duplexPair()
  const endpoint = { scheme: 'tcp', host: 'behind.example', port: 7 }
  const hop = { kind: 'ssh', endpoint: { scheme: 'ssh', host: 'jump.example', port: 22 } }
  const transport = fromSocket(ours, { endpoint, hops: [hop], encrypted: true })
  expect(transport.info).toEqual({ endpoint, hops: [hop], encrypted: true })
  await using peer = overTransport(fromSocket(theirs))
  await using connection = overTransport(transport)
  await peer.write('hello')
  await peer.end()
  expect(await connection.readText()).toBe('hello')
})

for (const [how, cause, code] of [
  ['without an error', undefined, 'NET_CONN_CLOSED'],
  ['by a failure', Object.assign(new Error('cut'), { code: 'ECONNRESET' }), 'NET_CONN_RESET'],
] as const) {
  test(`a stream that was destroyed ${how} before it was handed over fails each call`, async () => {
    const [ours] = duplexPair()
    ours.on('error', () => {}).destroy(cause)
    await new Promise<void>((resolve) => void ours.once('close', resolve))
    const transport = fromSocket(ours)
    expect((await transport.closed)?.code).toBe(cause === undefined ? undefined : code)
    for (const call of [transport.read(), transport.write([Buffer.from('x')])]) {
      expect((await failure(call)).code).toBe(code)
    }
    await transport.close()
  })
}

test('what a stream fails with in a way of its own is a loss of the connection, with its cause', async () => {
  const [ours] = duplexPair()
  const transport = fromSocket(ours)
  const mine = new Error('the modem hung up')
  ours.destroy(mine)
  const lost = await failure(transport.read())
  expect(lost).toMatchObject({ code: 'NET_CONN_CLOSED', cause: mine })
  expect(lost.message).toContain('the modem hung up')
})

test('a stream of texts or objects is refused', () => {
  const texts = duplexPair()[0].setEncoding('utf8')
  const [objects] = duplexPair({ objectMode: true })
  for (const stream of [texts, objects]) {
    expect(() => fromSocket(stream)).toThrow(/must be .* of bytes/)
  }
})

test('a socket that its owner had paused is read', async () => {
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer({ pauseOnConnect: true }, accepted.resolve)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const client = createConnection(port, '127.0.0.1')
  client.pause()
  const ends = [client, await accepted.promise].map((socket) => overTransport(fromSocket(socket)))
  for (const end of ends) await end.write('hello')
  for (const end of ends) expect(String(await end.readExactly(5))).toBe('hello')
  for (const end of ends) end.abort()
  server.close()
})
