import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { ReplyReader } from '../src/reply-reader.ts'

test('reads one reply after the other and knows of surplus', async () => {
  const [ours, peer] = memoryPair()
  const reader = new ReplyReader(ours)
  await peer.write([Buffer.from('220 a\r\n250 b\r\n25')])
  expect(await reader.next()).toMatchObject({ status: 220 })
  expect(reader.surplus).toBe(true)
  expect(await reader.next()).toMatchObject({ status: 250 })
  expect(reader.surplus).toBe(true)
  await peer.write([Buffer.from('0 c\r\n')])
  expect(await reader.next()).toMatchObject({ status: 250, text: 'c' })
  expect(reader.surplus).toBe(false)
})

test('counts what the transport has read ahead', () => {
  const [ours] = memoryPair()
  Object.defineProperty(ours, 'buffered', { value: 3 })
  expect(new ReplyReader(ours).surplus).toBe(true)
})

test('the end of the server is an error, also within a reply', async () => {
  const [ours, peer] = memoryPair()
  const reader = new ReplyReader(ours)
  await peer.write([Buffer.from('220-a\r\n')])
  await peer.end()
  await expect(reader.next()).rejects.toMatchObject({ code: 'NET_CONN_CLOSED' })
})
