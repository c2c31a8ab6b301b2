import { overTransport, type ByteReceiver, type Connection } from '@net/socket'
import { deliverFrom } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, latin1 } from './support.ts'

/** As a connection of another copy of the package is one. */
const foreign = (connection: Connection): Connection =>
  ({ read: () => connection.read() }) as unknown as Connection

test.each([
  ['a connection', (connection: Connection) => connection],
  ['one that can only be read', foreign],
])('%s hands over what is here and what comes, as long as there is room', async (_, as) => {
  const [near, far] = memoryPair()
  const connection = overTransport(near)
  connection.unread(bytes('here '))
  const heard: string[] = []
  const receiver: ByteReceiver = {
    arrived(chunk) {
      heard.push(latin1(chunk))
      return heard.length !== 2
    },
    ended: () => void heard.push('end'),
    lost: ({ code }) => void heard.push(code),
  }
  const inflow = deliverFrom(as(connection), receiver)
  await turn()
  for (const text of ['a', 'b']) {
    await far.write([bytes(text)])
    await turn()
  }
  await far.end()
  expect(heard).toEqual(['here ', 'a'])
  inflow.resume()
  await turn()
  expect(heard.slice(2)).toEqual(['b', 'end'])
})

test('of a connection that was closed there is nothing but the loss', async () => {
  const [near] = memoryPair()
  const connection = overTransport(near)
  await connection.close()
  const heard: string[] = []
  deliverFrom(connection, {
    arrived: () => true,
    ended: () => void heard.push('end'),
    lost: ({ code }) => void heard.push(code),
  })
  expect(heard).toEqual(['NET_CLOSED'])
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
