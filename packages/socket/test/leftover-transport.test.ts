import { memoryPair, startEchoServer } from '@net/socket/testing'
import { tcpDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { withLeftover } from '../src/leftover-transport.ts'
import { bytes, latin1 } from './support.ts'

test('what was read comes first, then what was asked for, then the rest', async () => {
  const [ours, theirs] = memoryPair()
  const pulling = ours.read()
  const transport = withLeftover(ours, { bytes: bytes('one '), ended: false, pulling })
  await theirs.write([bytes('two ')])
  await theirs.write([bytes('three')])
  await theirs.end()
  const read = [await transport.read(), await transport.read(), await transport.read()]
  expect([read.map(latin1), await transport.read()]).toEqual([['one ', 'two ', 'three'], null])
  await transport.write([bytes('back')])
  await transport.flush?.()
  await transport.end()
  expect([latin1(await theirs.read()), await theirs.read()]).toEqual(['back', null])
  await transport.close()
  transport.abort()
})

test('an end that was read is not asked for again', async () => {
  const [ours] = memoryPair()
  const transport = withLeftover(ours, { bytes: bytes('x'), ended: true, pulling: undefined })
  expect([latin1(await transport.read()), await transport.read()]).toEqual(['x', null])
})

test('a real socket gets the bytes back, unless it has ended', async () => {
  await using server = await startEchoServer()
  const plain = await tcpDialer().dial(server.address)
  const ended = withLeftover(plain, { bytes: bytes('x'), ended: true, pulling: undefined })
  expect(ended.release?.()).toBeUndefined()
  const transport = withLeftover(plain, { bytes: bytes('back'), ended: false, pulling: undefined })
  const socket = transport.release?.()
  expect(String(socket?.read())).toBe('back')
  socket?.destroy()
})
