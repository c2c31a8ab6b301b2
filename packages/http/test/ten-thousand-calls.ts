/*
 * 10,000 calls, 100 at once, of which one in a hundred meets each of several faults. Prints how many settled as they should,
 * each in its place, and how many bytes of memory stay in use.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { map } from '@net/async'
import { isNetError } from '@net/core'
import { createClient } from '@net/http'

const CALLS = 10_000
const AT_ONCE = 100
const faults: readonly ((request: IncomingMessage, response: ServerResponse) => void)[] = [
  ({ socket }) => void socket.destroy(),
  ({ socket }) => void socket.resetAndDestroy(),
  ({ socket }) => void socket.end('SSH-2.0-x\r\n'),
  ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n123'),
  ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123'),
  (_request, response) => void response.writeHead(503).end(),
  (_request, response) => void response.writeHead(302, { location: 'ftp://host/' }).end(),
  (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('short').subarray(0, 12))
  },
]

const server = createServer((request, response) => {
  const number = Number(request.url?.slice(1))
  const fault = faults[number % 100]
  if (fault === undefined) response.end(String(number))
  else fault(request, response)
})
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve)
})
const { port } = server.address() as AddressInfo
await using client = createClient({
  baseUrl: `http://127.0.0.1:${port}`,
  defaults: { retry: false },
})
const numbers = Array.from({ length: CALLS }, (_, number) => number)
const before = inUse()
const outcomes = await map(numbers, outcomeOf, { concurrency: AT_ONCE })
const right = outcomes.filter((outcome, number) => outcome === expected(number)).length
console.log(JSON.stringify({ right, grown: inUse() - before }))
server.close()
server.closeAllConnections()

function outcomeOf(number: number): Promise<string> {
  const text = client.get(`/${number}`).text()
  return text.catch((error: unknown) => (isNetError(error) ? 'refused' : String(error)))
}

function expected(number: number): string {
  return number % 100 < faults.length ? 'refused' : String(number)
}

function inUse(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
