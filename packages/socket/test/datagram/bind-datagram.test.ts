import { createSocket, Socket } from 'node:dgram'
import { once } from 'node:events'

import { bindDatagram } from '@net/socket'
import { expect, test, vi } from 'vitest'

import { failure, latin1 } from '../support.ts'

test('[SOCK-58] datagrams go both ways, to an address or to the peer of a connected socket', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0')
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: server.url })
  await client.send('hello')
  const { data, from } = await server.receive()
  expect([latin1(data), from]).toEqual(['hello', client.address])
  await server.send(new Uint8Array(60_000).fill(7), from)
  await server.send('', client.url)
  expect((await client.receive()).data).toEqual(Buffer.alloc(60_000, 7))
  expect((await client.receive()).data).toHaveLength(0)
})

test('[SOCK-58] a loop receives until the socket is closed', async () => {
  const socket = await bindDatagram('udp://127.0.0.1:0')
  await using sender = await bindDatagram('udp://127.0.0.1:0', { peer: socket.url })
  await sender.send('one')
  await sender.send('two')
  const got: string[] = []
  for await (const { data } of socket) {
    got.push(latin1(data))
    if (got.length === 2) void socket.close()
  }
  expect(got).toEqual(['one', 'two'])
  expect((await failure(socket.receive())).code).toBe('NET_CLOSED')
  expect((await failure(socket.send('x', sender.url))).code).toBe('NET_CLOSED')
})

test('a datagram over IPv6', async () => {
  await using server = await bindDatagram('udp://[::1]:0')
  await using client = await bindDatagram('udp://[::1]:0')
  await client.send('six', server.url)
  expect(latin1((await server.receive()).data)).toBe('six')
  expect(server.url).toBe(`udp://[::1]:${server.address.port}`)
})

test('[SOCK-59] a multicast group is joined and left, and only its members receive', async () => {
  const group = '239.1.2.3'
  const via = { interface: '127.0.0.1' }
  await using member = await bindDatagram('udp://0.0.0.0:0')
  await using sender = await bindDatagram('udp://127.0.0.1:0', { multicast: { ...via, ttl: 0 } })
  const place = { ...member.address, host: group }
  member.join(group, via)
  await sender.send('to the group', place)
  expect(latin1((await member.receive()).data)).toBe('to the group')
  member.leave(group, via)
  await sender.send('missed', place)
  await sender.send('to the member', `udp://127.0.0.1:${place.port}`)
  expect(latin1((await member.receive()).data)).toBe('to the member')
  expect(() => member.join('example.com')).toThrow(/IP address/)
})

test('[H-SOCK-17] a connected socket receives nothing from others', async () => {
  await using peer = await bindDatagram('udp://127.0.0.1:0')
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: peer.url })
  await using stranger = await bindDatagram('udp://127.0.0.1:0')
  await stranger.send('not for you', client.url)
  await peer.send('for you', client.url)
  expect(latin1((await client.receive()).data)).toBe('for you')
})

test('[H-SOCK-17] nor what they sent between its bind and its connect', async () => {
  await using peer = await bindDatagram('udp://127.0.0.1:0')
  const stranger = createSocket('udp4').bind(0, '127.0.0.1')
  await once(stranger, 'listening')
  const connect = Reflect.get(Socket.prototype, 'connect')
  using _ = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (
    this: Socket,
    ...given
  ) {
    // It is with the system when the socket is connected.
    stranger.send('not for you', this.address().port, '127.0.0.1')
    return Reflect.apply(connect, this, given)
  })
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: peer.url })
  await peer.send('for you', client.url)
  expect(latin1((await client.receive()).data)).toBe('for you')
  stranger.close()
})

test('[H-SOCK-17] a socket that cannot be connected to its peer is no socket that hears everybody', async () => {
  const error = await failure(bindDatagram('udp://127.0.0.1:0', { peer: 'udp://[::1]:9' }))
  expect(error).toMatchObject({ code: 'NET_BAD_OPTION', protocol: 'udp' })
})

test.each(['udp://127.0.0.1:0', { scheme: 'udp', host: '127.0.0.1', port: 70_000 }])(
  'a datagram to %o, which nothing can receive, is refused',
  async (to) => {
    await using socket = await bindDatagram('udp://127.0.0.1:0')
    const error = await failure(socket.send('x', to))
    expect(error).toMatchObject({ code: 'NET_BAD_OPTION', operation: 'send' })
  },
)

test('[H-SOCK-17] a port without a socket is an error of the next call', async () => {
  const gone = createSocket('udp4').bind(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address()
  gone.close()
  await once(gone, 'close')
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: `udp://127.0.0.1:${port}` })
  await client.send('anybody?')
  expect(await failure(client.receive({ timeout: 10_000 }))).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    protocol: 'udp',
  })
})

test('[H-SOCK-17] a datagram that is too large is refused and nothing of it is sent', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0')
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: server.url })
  expect(await failure(client.send(new Uint8Array(65_508)))).toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 65_507,
  })
  await client.send('small')
  expect(latin1((await server.receive()).data)).toBe('small')
})

test('what is not received is kept up to the capacity', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0', { capacity: 2 })
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: server.url })
  for (const text of ['a', 'b', 'c', 'd']) await client.send(text)
  await expect.poll(() => server.dropped).toBe(2)
  expect(latin1((await server.receive()).data)).toBe('a')
})

test('a port in use, an address of another machine, and a missing or needless target', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0')
  expect(await failure(bindDatagram(server.url))).toMatchObject({
    code: 'NET_BIND_IN_USE',
    operation: 'bind',
  })
  expect((await failure(bindDatagram('udp://192.0.2.1:0'))).code).toBe('NET_BIND_DENIED')
  expect((await failure(server.send('x'))).code).toBe('NET_BAD_OPTION')
  await using client = await bindDatagram('udp://127.0.0.1:0', { peer: server.url })
  expect((await failure(client.send('x', server.url))).code).toBe('NET_BAD_OPTION')
  expect((await failure(bindDatagram('tcp://127.0.0.1:0'))).code).toBe('NET_BAD_URL')
})
