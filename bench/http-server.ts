/* The server for the HTTP benches: answers everything with a small JSON document. Runs as a process of its own. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body = JSON.stringify({ id: 1, title: 'Hello', tags: ['a', 'b'], done: false })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
const server = createServer((_request, response) => response.writeHead(200, headers).end(body))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.(`http://127.0.0.1:${port}`)
})
process.once('disconnect', () => process.exit(0))
