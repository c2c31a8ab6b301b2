/*
 * Round trips of 64 bytes to an echo server in the same process: our connection beside Node's bare socket. The servers
 * are a pipe from a connection to itself, then a loop over what arrives; asyncio of Python has a loop as well.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectBare, createServer, type AddressInfo, type Socket } from 'node:net'

import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { connect, listen, pipe, type Connection } from '@net/socket'

import { compare, type Contender } from './pairs.ts'

const ROUNDS = 20_000
const message = Buffer.alloc(64, 'x')

await race('64-byte echo, one at a time', {
  net: async (connection) => {
    await pipe(connection, connection)
  },
  bare: (socket) => socket.pipe(socket),
})
using asyncio = await python()
await race('64-byte echo, the server a loop', {
  net: async (connection) => {
    for await (const chunk of connection) await connection.write(chunk)
  },
  bare: async (socket) => {
    for await (const chunk of socket) socket.write(chunk as Buffer)
  },
  peers: [asyncio],
})

interface Servers {
  net(connection: Connection): Promise<void>
  bare(socket: Socket): unknown
  readonly peers?: readonly Contender[]
}

async function race(title: string, servers: Servers): Promise<void> {
  await using ours = await listen('tcp://127.0.0.1:0', servers.net)
  await using connection = await connect(ours.url)
  const bareServer = createServer({ noDelay: true }, servers.bare).listen(0, '127.0.0.1')
  await once(bareServer, 'listening')
  const { port } = bareServer.address() as AddressInfo
  const bare = connectBare({ port, host: '127.0.0.1', noDelay: true })
  await once(bare, 'connect')
  const net = { name: 'net', run: () => trips(connection) }
  const node = { name: 'node:net', run: () => roundTrips(bare) }
  await compare(title, 'a second', net, [node, ...(servers.peers ?? [])])
  bare.destroy()
  bareServer.close()
}

/** In a process of its own. */
async function python(): Promise<Contender & Disposable> {
  const program = fileURLToPath(new URL('echo-peers.py', import.meta.url))
  const child = spawn('/usr/bin/python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  await lines.next()
  let cpu = 0
  return {
    name: 'asyncio of Python',
    cpu: () => cpu,
    async run() {
      child.stdin.write(`echo ${ROUNDS}\n`)
      cpu = Number((await lines.next()).value)
      return ROUNDS
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

async function trips(connection: Connection): Promise<number> {
  for (let round = 0; round < ROUNDS; round++) {
    await connection.write(message)
    await connection.readExactly(64)
  }
  return ROUNDS
}

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
