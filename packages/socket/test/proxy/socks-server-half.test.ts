import { expect, test } from 'vitest'

import { overTransport, type Connection } from '@net/socket'
import { SocksServerHalf } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'

function made(): { client: Connection; server: Connection } {
  const [near, far] = memoryPair()
  return { client: overTransport(near), server: overTransport(far) }
}

test('it reads what clients of each version ask for, and answers in their version', async () => {
  const cases = [
    [[4, 1, 0, 80, 127, 0, 0, 1, 0x61, 0], '127.0.0.1', 80, 'a'],
    [[4, 1, 0, 80, 0, 0, 0, 1, 0, 0x64, 0x62, 0], 'db', 80, undefined],
  ] as const
  for (const [sent, host, port, user] of cases) {
    const { client, server } = made()
    const half = new SocksServerHalf()
    await client.write(Uint8Array.from(sent))
    expect(await half.read(server)).toEqual({ host, port, user })
    expect([...half.answer('open')]).toEqual([0, 90, 0, 0, 0, 0, 0, 0])
  }
  const { client, server } = made()
  const half = new SocksServerHalf()
  await client.write(Uint8Array.of(5, 1, 0, 5, 1, 0, 4, ...Array<number>(15).fill(0), 1, 1, 187))
  expect(await half.read(server)).toEqual({ host: '::1', port: 443, user: undefined })
  expect([...(await client.readExactly(2))]).toEqual([5, 0])
  expect([...half.answer('refused')]).toEqual([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])
})

test('another command than CONNECT is refused', async () => {
  const { client, server } = made()
  await client.write(Uint8Array.of(5, 1, 0, 5, 2, 0, 3, 2, 0x64, 0x62, 0, 80))
  expect(await new SocksServerHalf().read(server)).toBeUndefined()
  await client.readExactly(2)
  expect((await client.readExactly(10))[1]).toBe(7)
})
