import { once } from 'node:events'
import { Socket } from 'node:net'

import { useFakeClock } from '@net/core/testing'
import { overTransport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { NodeSocket } from '../src/node-socket.ts'
import { latin1 } from './support.ts'

test('it is a net.Socket that reads, writes and counts', async () => {
  const [ours, theirs] = memoryPair()
  const socket = new NodeSocket(ours)
  expect(socket).toBeInstanceOf(Socket)
  expect([
    socket.connecting,
    socket.pending,
    socket.readyState,
    typeof socket.remoteAddress,
  ]).toEqual([false, false, 'open', 'string'])
  socket.cork()
  socket.write('one ')
  socket.write('74776f', 'hex')
  socket.uncork()
  await using peer = overTransport(theirs)
  expect(latin1(await peer.readExactly(7))).toBe('one two')
  await peer.write('three')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect([latin1(chunk), socket.bytesRead, socket.bytesWritten]).toEqual(['three', 5, 7])
  socket.end('bye')
  expect(await peer.readText()).toBe('bye')
  const closed = once(socket, 'close')
  await peer.end()
  expect(await closed).toEqual([false])
})

test('its time-out is silence on both sides, and repeats nothing', async () => {
  using clock = useFakeClock()
  const [ours, theirs] = memoryPair()
  const socket = new NodeSocket(ours)
  let told = 0
  socket.setTimeout(1000, () => (told += 1))
  expect(socket.timeout).toBe(1000)
  await clock.advance(900)
  socket.write('x')
  await clock.advance(900)
  expect(told).toBe(0)
  socket.resume()
  await theirs.write([Buffer.from('y')])
  await clock.advance(999)
  expect(told).toBe(0)
  await clock.advance(1)
  expect(told).toBe(1)
  socket.setTimeout(0)
  await clock.advance(5000)
  expect([told, clock.timers]).toEqual([1, 0])
  socket.destroy()
})

test('code that waits for the connection is called at once', async () => {
  const [ours] = memoryPair()
  const socket = new NodeSocket(ours)
  await once(socket, 'connect')
  expect(socket.ref()).toBe(socket.unref())
  expect(socket.setNoDelay().setKeepAlive(true)).toBe(socket)
  expect(socket.address()).toEqual({ address: 'memory', port: 0, family: 'IPv4' })
  socket.destroy()
})

test('a lost transport is its error, a destroyed socket a lost transport', async () => {
  const [ours, theirs] = memoryPair()
  const socket = new NodeSocket(ours)
  const lost = once(socket, 'error') as Promise<[Error]>
  socket.resume()
  theirs.abort()
  expect(Reflect.get((await lost)[0], 'code')).toBe('NET_CONN_RESET')

  const [again, peer] = memoryPair()
  new NodeSocket(again).resetAndDestroy()
  await expect(peer.read()).rejects.toHaveProperty('code', 'NET_CONN_RESET')
})
