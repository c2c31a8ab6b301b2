import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { heldFrom, isHeldBy } from '../src/held.ts'
import { startHttp2Server, trusted } from './http2-server.ts'

test('an answer that nobody has begun to read holds its connection at once', () => {
  expect(isHeldBy(undefined)).toBe(false)
  expect(isHeldBy(heldFrom(false))).toBe(true)
})

test('a reader may be slow for 5 s', async () => {
  using clock = useFakeClock()
  const from = heldFrom(true)
  await clock.advance(4999)
  expect(isHeldBy(from)).toBe(false)
  await clock.advance(1)
  expect(isHeldBy(from)).toBe(true)
})

const UNLIMITED = { timeout: { pool: Infinity, idle: Infinity, reply: Infinity, total: Infinity } }
const MEGABYTE = 1_048_576
/** Another byte for each answer. */
const bodyOf = (number: number): Buffer => Buffer.alloc(MEGABYTE, number + 1)

/** How many of the answers were right. */
async function readInTurn(api: http.HttpClient, count: number): Promise<number> {
  const paths = Array.from({ length: count }, (_, number) => `/${number}`)
  const answers = await Promise.all(paths.map((path) => api.get(path)))
  let right = 0
  for (const [number, answer] of answers.entries()) {
    if (bodyOf(number).equals(await answer.bytes())) right += 1
  }
  return right
}

test('100 answers of 1 MB are awaited at once and read one after the other', async () => {
  const server = createServer((request, response) => {
    response.end(bodyOf(Number(request.url?.slice(1))))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await using api = http.createClient({ baseUrl: `http://127.0.0.1:${port}` })
  expect(await readInTurn(api, 100)).toBe(100)
  server.close()
  server.closeAllConnections()
})

test.each([
  [100, 1_000_000],
  [1000, 100_000],
])(
  '%i answers of %i bytes, of each of which less than 200 kB are in memory before they are read',
  async (count, size) => {
    const bytes = Buffer.alloc(size, 'net ')
    const server = createServer((_request, response) => {
      response.end(bytes)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    await using api = http.createClient({ baseUrl: `http://127.0.0.1:${port}` })
    const before = process.memoryUsage().arrayBuffers
    const answers = await Promise.all(Array.from({ length: count }, () => api.get('/')))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(count * 200_000)
    let right = 0
    for (const answer of answers) if (bytes.equals(await answer.bytes())) right += 1
    expect(right).toBe(count)
    server.close()
    server.closeAllConnections()
  },
)

test('and over HTTP/2, also where a connection carries fewer', async () => {
  await using server = await startHttp2Server(
    (stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(bodyOf(Number(headers[':path']?.slice(1))))
    },
    { settings: { maxConcurrentStreams: 10 } },
  )
  await using api = http.createClient({ baseUrl: server.url, tls: trusted, http2: true })
  expect(await readInTurn(api, 100)).toBe(100)
})

test('a program calls again within the loop that reads an answer, over one connection', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using api = http.createClient({ baseUrl: server.url, connections: 1 })
  const long = await api.get('/bytes/1000000', UNLIMITED)
  let received = 0
  for await (const chunk of long.body) {
    if (received === 0) {
      const inner = api.get('/json', UNLIMITED).json()
      // The connection is read on until 64 KiB wait, which no clock tells.
      while ((await Promise.race([inner, turn(undefined)])) === undefined) await clock.advance(1000)
      expect(await inner).toMatchObject({ title: 'Hello' })
    }
    received += chunk.length
  }
  expect(received).toBe(1_000_000)
})

test('a connection of HTTP/2 that was made beside held ones goes when all are read', async () => {
  await using server = await startHttp2Server(
    (stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(bodyOf(Number(headers[':path']?.slice(1))))
    },
    { settings: { maxConcurrentStreams: 1 } },
  )
  const options = { baseUrl: server.url, tls: trusted, http2: true, connections: 1 }
  await using api = http.createClient(options)
  const held = await api.get('/1')
  expect((await api.get('/2').bytes()).length).toBe(MEGABYTE)
  expect(server.sessions.length).toBe(2)
  expect((await held.bytes()).length).toBe(MEGABYTE)
  await expect.poll(() => server.sessions.length).toBe(1)
})
