/* The server for the WebSocket bench: a bare `ws` that echoes. Runs as a process of its own. */

import type { AddressInfo } from 'node:net'

import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
  const { port } = server.address() as AddressInfo
  process.send?.(`ws://127.0.0.1:${port}`)
})
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer, binary) => socket.send(data, { binary }))
})
process.once('disconnect', () => process.exit(0))
