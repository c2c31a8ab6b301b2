import { randomBytes } from 'node:crypto'
import { once as event } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, type Duplex } from 'node:stream'
import { createGzip, gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { toFile } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

import { startCutServer } from './cut-server.ts'
import { answerOf, startRawServer } from './raw-server.ts'
import { watched } from './watched-dialer.ts'

const once = { retry: false } as const

const UNTIL_CLOSED = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf of the ans'

test('a body that ends with a connection over TLS is complete only with close_notify', async () => {
  for (const [end, outcome] of [
    ['close_notify', 'half of the ans'],
    ['cut', 'NET_PROTO_INCOMPLETE'],
  ] as const) {
    await using server = await startCutServer(UNTIL_CLOSED, end)
    await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
    const text = client.get('/', once).text()
    expect(await text.catch((error: { code: string }) => error.code)).toBe(outcome)
  }
})

test('the error of a body that was cut off below TLS has the part that arrived', async () => {
  await using server = await startCutServer(UNTIL_CLOSED, 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  const error: unknown = await client
    .get('/', once)
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 15, phase: 'receive' })
  expect(String((error as Error).cause)).toContain('close_notify')
})

test('a server that never sends close_notify can be allowed by name', async () => {
  await using server = await startCutServer(UNTIL_CLOSED, 'cut')
  const tls = { ca: server.ca, dangerouslyAllowTruncation: true }
  await using client = http.createClient({ baseUrl: server.url, tls })
  expect(await client.get('/', once).text()).toBe('half of the ans')
})

test('an answer with a length needs no close_notify, and the next request finds a new connection', async () => {
  await using server = await startCutServer(answerOf('ok'), 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  for (let turn = 0; turn < 3; turn++) expect(await client.get('/').text()).toBe('ok')
  expect(server.connections).toBe(3)
})

test('a server that ends without an answer and without close_notify has closed the connection', async () => {
  await using server = await startCutServer('', 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  const error: unknown = await client.get('/', once).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_CONN_CLOSED', phase: 'command' })
})

test('a body that ends with the connection is not complete after a reset', async () => {
  let peer: Socket | undefined
  await using server = await startRawServer((socket) => {
    peer = socket
    socket.write(UNTIL_CLOSED)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/', once)
  const chunks: string[] = []
  const read = async (): Promise<void> => {
    for await (const chunk of response.body) {
      chunks.push(Buffer.from(chunk).toString())
      peer?.resetAndDestroy()
    }
  }
  const error: unknown = await read().catch((thrown: unknown) => thrown)
  expect(chunks.join('')).toBe('half of the ans')
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 15 })
})

test.each(['with a length', 'in chunks of many sizes'])(
  'a large body %s is the same in a file and in memory, one after the other over one connection',
  async (how) => {
    const bytes = randomBytes(5_000_000)
    const server = createServer((_request, response) => {
      if (how === 'with a length') response.setHeader('content-length', bytes.length)
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 99_991)
        response.write(bytes.subarray(at, at + size))
      response.end()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const folder = mkdtempSync(join(tmpdir(), 'net-http-'))
    const file = join(folder, 'copy')
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      await using client = http.createClient({ baseUrl })
      for (let turn = 0; turn < 3; turn++) {
        expect(await client.get('/').saveTo(toFile(file))).toBe(bytes.length)
        expect(readFileSync(file).equals(bytes)).toBe(true)
        expect(Buffer.from(await client.get('/').bytes()).equals(bytes)).toBe(true)
      }
    } finally {
      rmSync(folder, { recursive: true })
      server.close()
    }
  },
)

test('onInterim hears of each interim response; without it they are read over', async () => {
  await using server = await startRawServer((socket) => {
    socket.write(
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${answerOf('ok')}`,
    )
  })
  await using client = http.createClient({ baseUrl: server.url })
  const heard: unknown[] = []
  const onInterim = ({ status, headers }: http.InterimResponse): void => {
    heard.push([status, headers.get('link')])
  }
  expect(await client.get('/', { onInterim }).text()).toBe('ok')
  expect(heard).toEqual([
    [100, undefined],
    [103, '</a>'],
  ])
  expect(await client.get('/').text()).toBe('ok')
})

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

test('a body with expectContinue leaves once the server wants it', async () => {
  await using server = await startRawServer((socket) => {
    expect(server.heard[0]!.toString()).toMatch(/expect: 100-continue\r\n\r\n$/)
    socket.once('data', () => socket.write(answerOf('stored')))
    socket.write(CONTINUE)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const options = { ...once, body: 'the body', expectContinue: true }
  expect(await client.put('/', options).text()).toBe('stored')
  expect(server.heard[0]!.toString()).toMatch(/\r\n\r\nthe body$/)
})

test('[H-HTTP-27] a server that says nothing to Expect gets the body after a second', async () => {
  using clock = useFakeClock()
  await using server = await startRawServer((socket) => {
    socket.once('data', () => socket.write(answerOf('stored')))
  })
  await using client = http.createClient({ baseUrl: server.url })
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('the body')
  }
  const stored = client.put('/', { ...once, body, expectContinue: true }).text()
  await clock.until(() => server.heard[0]?.includes('\r\n\r\n') === true)
  await clock.advance(999)
  expect(server.heard[0]!.toString()).toMatch(/\r\n\r\n$/)
  await clock.advance(1)
  expect(await stored).toBe('stored')
  expect(server.heard[0]!.toString()).toContain('the body')
})

test('a server that answers instead of continuing gets no body, and no other request on that connection', async () => {
  await using server = await startRawServer((socket, number) => {
    const refused = 'HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n'
    socket.write(number === 1 ? refused : answerOf('ok'))
  })
  await using client = http.createClient({ baseUrl: server.url, throwHttpErrors: false })
  const { status } = await client.put('/', { body: 'the body', expectContinue: true })
  expect(status).toBe(417)
  expect(await client.get('/').text()).toBe('ok')
  expect(server.heard).toHaveLength(2)
  expect(server.heard[0]!.toString()).not.toContain('the body')
})

test('[H-HTTP-11] lines that end with LF alone are taken by a client that is lenient, and by no other', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\ncontent-length: 2\n\nok')
  })
  await using strict = http.createClient({ baseUrl: server.url })
  await expect(strict.get('/', once)).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  await using lenient = http.createClient({ baseUrl: server.url, lenient: true })
  expect(await lenient.get('/', once).text()).toBe('ok')
})

test.each([
  ['behind an answer that ends the connection', 'connection: close\r\n'],
  ['between two requests', ''],
])('a server that never stops to send %s holds no connection', async (_name, field) => {
  const sockets: Socket[] = []
  // Half-open: it does not end because we do.
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    const more = (): void => {
      if (socket.writable) socket.write('x'.repeat(1000), () => setImmediate(more))
    }
    socket.on('error', () => {})
    socket.once('data', () => socket.write(answerOf('ok', field), more))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using client = http.createClient({ baseUrl })
    expect(await client.get('/', once).text()).toBe('ok')
    await expect.poll(() => sockets[0]?.destroyed, { timeout: 10_000 }).toBe(true)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

test('a kept connection is given up also if the server was silent for longer within its answer', async () => {
  const asked = Promise.withResolvers<Socket>()
  await using server = await startRawServer((socket) => asked.resolve(socket))
  const dialed = Promise.withResolvers<Duplex>()
  const dialer = watched(({ duplex }) => dialed.resolve(duplex!))
  await using client = http.createClient({ baseUrl: server.url, dialer })
  const answer = client.get('/').text()
  const [socket, duplex] = await Promise.all([asked.promise, dialed.promise])
  const silence = event(duplex, 'timeout')
  // It keeps the connection for so short a time that we give it up at once.
  socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\n')
  await silence
  socket.write('ok')
  expect(await answer).toBe('ok')
  if (!socket.closed) await event(socket, 'close')
})

test('[HTTP-19] a body that the program compresses leaves once the server wants it', async () => {
  await using server = await startHttpServer()
  const text = 'net '.repeat(50_000)
  const body = (): AsyncIterable<Uint8Array> => Readable.from([text]).pipe(createGzip())
  const headers = { 'content-encoding': 'gzip' }
  await http.put(`${server.url}/hash`, { body, headers, expectContinue: true }).json()
  const [seen] = server.received
  expect(seen?.headers).toMatchObject({ 'content-encoding': 'gzip', expect: '100-continue' })
  expect(gunzipSync(seen?.body ?? '').toString()).toBe(text)
})
