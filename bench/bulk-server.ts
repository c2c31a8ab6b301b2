/*
 * The servers for the benches of bulk data: a file of random bytes over TCP and over HTTP, and uploads over HTTP, which
 * are compared with that file. Runs as a process of its own.
 */

import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { Readable } from 'node:stream'

const file = readFileSync(process.argv[2] ?? '')

const tcp = createServer((socket) => {
  socket.on('error', () => {})
  socket.end(file)
})
const http = createHttpServer((request, response) => {
  if (request.method === 'GET') {
    // A longer one is the file several times.
    const times = Number(request.url?.slice(1) || 1)
    response.writeHead(200, { 'content-length': file.length * times })
    Readable.from(Array.from({ length: times }, () => file)).pipe(response)
    return
  }
  void sameAsFile(request).then((same) => response.end(same ? 'same' : 'different'))
})
process.send?.({ tcp: await portOf(tcp), http: await portOf(http) })
process.once('disconnect', () => process.exit(0))

async function sameAsFile(request: IncomingMessage): Promise<boolean> {
  let at = 0
  let isSame = true
  for await (const chunk of request as AsyncIterable<Buffer>) {
    isSame &&= chunk.equals(file.subarray(at, at + chunk.length))
    at += chunk.length
  }
  return isSame && at === file.length
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
