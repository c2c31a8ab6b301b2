import { bindDatagram } from '@net/socket'
import { expect, test } from 'vitest'

import { failure, latin1 } from '../support.ts'

test('many sends at once arrive whole', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0')
  await using client = await bindDatagram('udp://127.0.0.1:0')
  const texts = Array.from({ length: 50 }, (_, at) => `datagram ${at}`)
  await Promise.all(texts.map((text) => client.send(text, server.url)))
  const got: string[] = []
  while (got.length < texts.length) got.push(latin1((await server.receive()).data))
  expect(got).toEqual(texts)
})

test('close ends a receive that waits, and may be called twice', async () => {
  const socket = await bindDatagram('udp://127.0.0.1:0')
  const waiting = failure(socket.receive())
  await Promise.all([socket.close(), socket.close()])
  expect((await waiting).code).toBe('NET_CLOSED')
})

test.each(['127.0.0.1', 'localhost'])(
  'a send to %s that was not looked up yet when the socket is closed rejects',
  async (host) => {
    await using server = await bindDatagram('udp://127.0.0.1:0')
    const socket = await bindDatagram('udp://127.0.0.1:0')
    const to = `udp://${host}:${server.address.port}`
    const sends = [failure(socket.send('one', to)), failure(socket.send('two', to))]
    await socket.close()
    expect((await Promise.all(sends)).map(({ code }) => code)).toEqual(['NET_CLOSED', 'NET_CLOSED'])
  },
)

test('what a connected socket has sent is sent, though it is closed at once', async () => {
  await using server = await bindDatagram('udp://127.0.0.1:0')
  const socket = await bindDatagram('udp://127.0.0.1:0', { peer: server.url })
  const sent = socket.send('last words')
  await socket.close()
  await sent
  expect(latin1((await server.receive()).data)).toBe('last words')
})

test('a closed socket joins and leaves no group', async () => {
  const socket = await bindDatagram('udp://127.0.0.1:0')
  await socket.close()
  for (const verb of ['join', 'leave'] as const)
    expect(() => socket[verb]('224.0.0.251')).toThrow(
      expect.objectContaining({ code: 'NET_CLOSED' }),
    )
})

test('an address of another shape is refused at the call', async () => {
  await using socket = await bindDatagram('udp://127.0.0.1:0')
  expect((await failure(socket.send('x', { host: 'localhost' } as never))).code).toBe(
    'NET_BAD_OPTION',
  )
  expect((await failure(socket.send(5 as never, socket.url))).code).toBe('NET_BAD_OPTION')
})
