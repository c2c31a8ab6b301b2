/*
 * The other ends of the socket bench, a process of its own: over TCP and over TLS one that sends so many bytes and ends, and one
 * that reads to the end and then says how many bytes there were.
 */

import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

import type { SocketEnds } from './socket-moves.ts'

const size = Number(process.argv[2])
const chunk = Buffer.alloc(65_536, 'x')

const [{ cert, key }] = (await once(process, 'message')) as [{ cert: string; key: string }]
const ports: SocketEnds = {
  source: await portOf(createServer({ noDelay: true }, source)),
  sink: await portOf(createServer({ noDelay: true, allowHalfOpen: true }, sink)),
  tlsSource: await portOf(createTlsServer({ cert, key }, source)),
  tlsSink: await portOf(createTlsServer({ cert, key, allowHalfOpen: true }, sink)),
}
process.send?.(ports)
process.once('disconnect', () => process.exit(0))

function source(socket: Socket): void {
  let left = size
  const more = (): void => {
    while (left > 0) {
      const piece = left < chunk.length ? chunk.subarray(0, left) : chunk
      left -= piece.length
      if (!socket.write(piece)) return
    }
    socket.end()
  }
  socket.on('error', () => {})
  socket.on('drain', more)
  socket.resume()
  more()
}

function sink(socket: Socket): void {
  let received = 0
  socket.on('error', () => {})
  socket.on('data', (piece: Buffer) => (received += piece.length))
  socket.on('end', () => socket.end(String(received)))
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
