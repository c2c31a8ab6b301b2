/*
 * Round trips of 64 bytes to an echo server in the same process: our connection beside Node's bare socket.
 */

import { once } from 'node:events'
import { connect as connectBare, createServer, type AddressInfo, type Socket } from 'node:net'

import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'

import { compare } from './pairs.ts'

const ROUNDS = 20_000
const message = Buffer.alloc(64, 'x')

await using ours = await startEchoServer()
await using connection = await connect(ours.url)

const bareServer = createServer({ noDelay: true }, (socket) => socket.pipe(socket)).listen(
  0,
  '127.0.0.1',
)
await once(bareServer, 'listening')
const bare = connectBare({
  port: (bareServer.address() as AddressInfo).port,
  host: '127.0.0.1',
  noDelay: true,
})
await once(bare, 'connect')

await compare(
  '64-byte echo, one at a time',
  'a second',
  {
    name: 'net',
    async run() {
      for (let round = 0; round < ROUNDS; round++) {
        await connection.write(message)
        await connection.readExactly(64)
      }
      return ROUNDS
    },
  },
  [{ name: 'node:net', run: () => roundTrips(bare) }],
)

bare.destroy()
bareServer.close()

function roundTrips(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let rounds = 0
    let received = 0
    const onData = (chunk: Buffer): void => {
      received += chunk.length
      if (received < 64) return
      received -= 64
      if (++rounds < ROUNDS) {
        socket.write(message)
        return
      }
      socket.off('data', onData)
      resolve(rounds)
    }
    socket.on('data', onData)
    socket.write(message)
  })
}
