import { memoryDialer, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { SteeredRoad } from '../../src/testing/steered-road.ts'

async function dialed() {
  const below = memoryDialer()
  const server = await startEchoServer({ dialer: below })
  const road = new SteeredRoad(below)
  return { road, server, transport: await road.dialer.dial(server.address) }
}

const text = (chunk: Uint8Array | null): string => Buffer.from(chunk ?? []).toString()
const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => Reflect.get(error as object, 'code'),
  )

test('what arrives comes as it is, byte by byte, or only once the road speaks again', async () => {
  const { road, server, transport } = await dialed()
  await using _ = server
  await transport.write([Buffer.from('abc')])
  expect(text(await transport.read())).toBe('abc')
  road.steer('bytewise')
  await transport.write([Buffer.from('de')])
  expect(text(await transport.read())).toBe('d')
  road.steer('silent')
  let settled = false
  const held = transport.read().finally(() => {
    settled = true
  })
  await new Promise(setImmediate)
  expect(settled).toBe(false)
  road.steer('whole')
  expect(text(await held)).toBe('e')
  expect([road.dialed, road.sent, road.open]).toEqual([1, 5, 1])
  await transport.close()
})

test('a cut is a reset for reads and writes, and the transport must still be let go', async () => {
  const { road, server, transport } = await dialed()
  await using _ = server
  const reading = code(transport.read())
  road.cut()
  expect(await reading).toBe('NET_CONN_RESET')
  expect(await code(transport.write([Buffer.from('x')]))).toBe('NET_CONN_RESET')
  expect(road.open).toBe(1)
  const gone = road.until(({ open }) => open === 0)
  transport.abort()
  await gone
})

test('closing ends a read that is held back', async () => {
  const { road, server, transport } = await dialed()
  await using _ = server
  road.steer('silent')
  await transport.write([Buffer.from('abc')])
  const held = code(transport.read())
  await new Promise(setImmediate)
  await transport.close()
  expect(await held).toBe('NET_CLOSED')
  expect(road.open).toBe(0)
})
