/* 1 GiB in and out over one connection, by ours and by Node's own sockets. */

import { once } from 'node:events'
import { connect as connectBare, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'

import { connect, type Connection } from '@net/socket'

import type { Contender } from './pairs.ts'

/** The ports of `socket-ends.ts`. */
export interface SocketEnds {
  readonly source: number
  readonly sink: number
  readonly tlsSource: number
  readonly tlsSink: number
}

/** What is moved, and over what. */
export interface Move {
  readonly size: number
  readonly port: number
  /** The authority, for TLS. */
  readonly ca?: string
}

/** Reads all with `for await`. */
export function oursIn(move: Move): Contender {
  return moved('net', move, async () => {
    await using connection = await opened(move)
    let received = 0
    for await (const chunk of connection) received += chunk.length
    return received
  })
}

/** Reads all into one buffer. */
export function oursInto(move: Move): Contender {
  return moved('net, into one buffer', move, async () => {
    await using connection = await opened(move)
    const buffer = new Uint8Array(OWN)
    let received = 0
    for (;;) {
      const size = await connection.readInto(buffer)
      if (size === 0) return received
      received += size
    }
  })
}

/** Reads all with a listener. */
export function bareIn(move: Move): Contender {
  return moved(move.ca === undefined ? "node:net 'data'" : "node:tls 'data'", move, async () => {
    const socket = await openedBare(move)
    let received = 0
    socket.on('data', (chunk: Buffer) => (received += chunk.length))
    await once(socket, 'close')
    return received
  })
}

/** Writes all, chunk by chunk. */
export function oursOut(move: Move): Contender {
  return moved('net', move, async () => {
    await using connection = await opened(move)
    for (let left = move.size; left > 0; left -= CHUNK) await connection.write(chunk)
    await connection.end()
    return Number(await connection.readText())
  })
}

/** Pipes a stream into the socket. */
export function bareOut(move: Move): Contender {
  return moved(move.ca === undefined ? "node:net's pipe" : "node:tls's pipe", move, async () => {
    const socket = await openedBare(move)
    let left = move.size
    let told = ''
    socket.on('data', (text: Buffer) => (told += text.toString()))
    new Readable({
      highWaterMark: CHUNK,
      read() {
        this.push(left > 0 ? chunk : null)
        left -= CHUNK
      },
    }).pipe(socket)
    await once(socket, 'close')
    return Number(told)
  })
}

function opened({ port, ca }: Move): Promise<Connection> {
  const scheme = ca === undefined ? 'tcp' : 'tls'
  return connect(`${scheme}://127.0.0.1:${port}`, ca === undefined ? {} : { tls: { ca } })
}

async function openedBare({ port, ca }: Move): Promise<Socket> {
  const place = { port, host: '127.0.0.1', allowHalfOpen: false }
  if (ca === undefined) {
    const socket = connectBare({ ...place, noDelay: true })
    await once(socket, 'connect')
    return socket
  }
  const socket = connectTls({ ...place, ca })
  socket.setNoDelay(true)
  await once(socket, 'secureConnect')
  return socket
}

function moved(name: string, { size }: Move, move: () => Promise<number>): Contender {
  return {
    name,
    async run() {
      const bytes = await move()
      if (bytes !== size) throw new Error(`${name}: ${bytes} bytes of ${size} were moved`)
      return size / MEGA
    },
  }
}

const MEGA = 1_000_000
const CHUNK = 65_536
const OWN = 4 * CHUNK
const chunk = Buffer.alloc(CHUNK, 'x')
