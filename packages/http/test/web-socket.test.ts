import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'

import { checkNoLeaks } from '@net/async/testing'
import type { NetError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { acceptWebSocket, startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { overTransport, type Transport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test, vi } from 'vitest'

import { wsFrames } from '../src/engine/ws.ts'
import { HttpHeaders } from '../src/headers.ts'
import { webSocketOver } from '../src/web-socket.ts'

type Serve = Parameters<typeof acceptWebSocket>[1]

/** A server with one route that serves WebSockets. */
function serving(serve: Serve, route?: Route): Promise<HttpServer> {
  return startHttpServer({
    routes: { '/ws': route ?? ((request) => acceptWebSocket(request, serve, { compress: true })) },
  })
}

const echo: Serve = async (socket) => {
  for await (const message of socket) await socket.send(message)
}

/** A client and a server over a road in memory. */
function pair(options: { readonly maxMessageBytes?: number } = {}): {
  client: http.WebSocketConnection
  server: http.WebSocketConnection
  read: () => number
} {
  const [near, far] = memoryPair()
  let read = 0
  const counted: Transport = {
    info: near.info,
    write: (chunks) => near.write(chunks),
    end: () => near.end(),
    close: () => near.close(),
    abort: (reason) => near.abort(reason),
    async read() {
      const chunk = await near.read()
      read += chunk?.length ?? 0
      return chunk
    },
  }
  const parts = {
    makeFrames: wsFrames,
    headers: new HttpHeaders(),
    protocol: '',
    deflate: undefined,
    options: { maxMessageBytes: options.maxMessageBytes ?? 1_000_000, keepAlive: undefined },
    spec: { protocol: 'http', operation: 'webSocket', kind: 'session' },
  } as const
  return {
    client: webSocketOver({ ...parts, role: 'client', connection: overTransport(counted) }),
    server: webSocketOver({ ...parts, role: 'server', connection: overTransport(far) }),
    read: () => read,
  }
}

test.each([false, true])(
  '[HTTP-59] text, bytes and JSON, there and back, with compression %s',
  async (compress) => {
    await using server = await serving(echo)
    await using client = http.createClient({ baseUrl: server.url })
    await using socket = await client.webSocket('/ws', { compress })
    expect(socket.compressed).toBe(compress)
    const long = 'größe '.repeat(20_000)
    for (const message of ['', 'hello', long]) {
      await socket.send(message)
      expect(await socket.receive()).toBe(message)
    }
    await socket.send(Uint8Array.of(1, 2, 3))
    expect(Buffer.from((await socket.receive()) as Uint8Array)).toEqual(Buffer.from([1, 2, 3]))
    await socket.sendJson({ a: 1 })
    expect(await socket.receiveJson()).toEqual({ a: 1 })
    expect(await socket.ping()).toBeGreaterThanOrEqual(0)
    await socket.close({ code: 4000, reason: 'done' })
    expect(socket.end).toEqual({ code: 4000, reason: '' })
    expect(await socket.closed).toBeUndefined()
    expect(await socket.receive()).toBeNull()
    await expect(socket.send('x')).rejects.toMatchObject({ code: 'NET_CLOSED' })
  },
)

test('[HTTP-59] nothing is lost that comes together with the answer, messages and goodbye', async () => {
  const frames = Buffer.concat([
    // A pong that nobody asked for.
    Buffer.from([0x8a, 1, 0x78]),
    ...['one', 'two', 'three'].map((text) =>
      Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]),
    ),
    Buffer.from([0x88, 5, 0x03, 0xe8, 98, 121, 101]),
  ])
  await using server = await serving(echo, ({ headers }) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    const head = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`
    return { raw: Buffer.concat([Buffer.from(head), frames]) }
  })
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws')
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(await Array.fromAsync(socket)).toEqual(['one', 'two', 'three'])
  expect(socket.end).toEqual({ code: 1000, reason: 'bye' })
})

test('[HTTP-59] the peer has to wait while nobody reads', async () => {
  const { client, server, read } = pair()
  let sent = 0
  const sending = (async () => {
    for (; sent < 200; sent++) await server.send(Buffer.alloc(65_536, sent))
  })()
  // Until both sides and the road between them are full.
  for (let last = -1; last !== sent;) {
    last = sent
    for (let turns = 0; turns < 50; turns++) await turn()
  }
  expect(sent).toBeLessThan(100)
  expect(read()).toBeLessThan(500_000)
  for (let at = 0; at < 200; at++) {
    const message = (await client.receive()) as Uint8Array
    expect([message.length, message[0]]).toEqual([65_536, at])
  }
  await sending
  await Promise.all([client.close(), server.close()])
})

test('messages leave in the order in which they were sent, and pings are answered while they do', async () => {
  const { client, server } = pair()
  const all = Array.from({ length: 100 }, (_, at) => `message ${at}`)
  const sending = Promise.all(all.map((each) => client.send(each)))
  const pinged = server.ping()
  expect(await Promise.all(all.map(() => server.receive()))).toEqual(all)
  await sending
  expect(await pinged).toBeGreaterThanOrEqual(0)
  await client.close()
  expect(await server.receive()).toBeNull()
})

test('[HTTP-59] a message that is too long ends it, on both sides with the reason', async () => {
  const { client, server } = pair({ maxMessageBytes: 1000 })
  await server.send('x'.repeat(1001))
  await expect(client.receive()).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 1000 })
  expect((await client.closed)?.code).toBe('NET_PROTO_LIMIT')
  expect(await server.closed).toMatchObject({ code: 'NET_CONN_CLOSED', reply: { status: 1009 } })
  expect(server.end).toEqual({ code: 1009, reason: '' })
})

test.each([
  [1001, undefined],
  [1011, 'NET_CONN_CLOSED'],
  [1012, 'NET_CONN_SHUTDOWN'],
  [4001, 'NET_CONN_CLOSED'],
])('[HTTP-59] a goodbye with %s', async (code, error) => {
  const frame = Buffer.from([0x88, 4, code >> 8, code & 0xff, 111, 104])
  await using server = await serving(echo, (request) => ({
    ...acceptWebSocket(request, echo),
    connection: async (connection) => {
      await connection.write(frame)
      // The answer of the client, masked.
      await connection.readExactly(8)
    },
  }))
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws')
  const reading: Promise<unknown> = Array.fromAsync(socket)
  if (error === undefined) expect(await reading).toEqual([])
  else
    await expect(reading).rejects.toMatchObject({
      code: error,
      reply: { status: code, text: 'oh' },
    })
  expect((await socket.closed)?.code).toBe(error)
  expect(socket.end).toEqual({ code, reason: 'oh' })
})

test('a connection that is lost is an error with 1006', async () => {
  await using server = await serving((socket) => socket.abort())
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws')
  const lost: unknown = await Array.fromAsync(socket).catch((error: unknown) => error)
  expect((lost as NetError).code).toMatch(/^NET_CONN_/)
  expect(await socket.closed).toBe(lost)
  expect(socket.end).toEqual({ code: 1006, reason: '' })
})

test('[HTTP-59] a refusal says why: status, headers, body', async () => {
  await using server = await serving(echo, {
    status: 403,
    headers: { 'x-why': 'plan', 'retry-after': '5' },
    json: { error: 'no plan' },
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.webSocket('/ws')).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    status: 403,
    retryAfter: 5000,
    reply: { text: '{"error":"no plan"}' },
    operation: 'webSocket',
  })
  await expect(client.webSocket('/json')).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('[HTTP-59] a login that was refused is renewed once', async () => {
  let tokens = 0
  await using server = await serving(echo, (request) =>
    request.headers.authorization === 'Bearer token 2'
      ? acceptWebSocket(request, echo)
      : { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  )
  await using client = http.createClient({
    baseUrl: server.url,
    auth: http.bearer(() => `token ${(tokens += 1)}`),
  })
  await using socket = await client.webSocket('/ws')
  await socket.send('in')
  expect(await socket.receive()).toBe('in')
  expect(tokens).toBe(2)
})

test('[HTTP-59] a silent peer is noticed', async () => {
  using clock = useFakeClock()
  await using server = await serving(echo, (request) => ({
    ...acceptWebSocket(request, echo),
    connection: async (connection) => {
      for await (const chunk of connection) void chunk
    },
  }))
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws', { keepAlive: { interval: 1000, timeout: 500 } })
  const waiting = socket.receive().catch((error: unknown) => error)
  await clock.advance(1000)
  await clock.until(() => clock.timers > 0)
  await clock.advance(600)
  expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_KEEPALIVE', limit: 500 })
  expect(socket.end?.code).toBe(1006)
})

test('closing waits for the peer, and no longer than it may', async () => {
  using clock = useFakeClock()
  await using server = await serving(echo, (request) => ({
    ...acceptWebSocket(request, echo),
    connection: async (connection) => {
      for await (const chunk of connection) void chunk
    },
  }))
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws', { keepAlive: false })
  let closed = false
  const closing = socket.close({ grace: 5000 }).then(() => void (closed = true))
  await clock.advance(4999)
  expect(closed).toBe(false)
  await clock.advance(1)
  await closing
  expect([socket.end?.code, await socket.closed]).toEqual([1006, undefined])
  await expect(socket.close({ code: 5 })).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('closing gets through although nobody reads what the peer sends', async () => {
  const { client, server } = pair()
  const flood = (async () => {
    for (let at = 0; at < 1000; at++) await server.send(Buffer.alloc(10_000))
  })().catch(() => {})
  await turn()
  await client.close()
  expect(client.end?.code).toBe(1000)
  await flood
})

test('waits that are aborted or too late consume nothing', async () => {
  using clock = useFakeClock()
  const { client, server } = pair()
  const controller = new AbortController()
  const aborted = client.receive({ signal: controller.signal })
  const late = client.receive({ timeout: 1000 })
  const failed = Promise.allSettled([aborted, late])
  controller.abort(new Error('enough'))
  await clock.advance(1000)
  expect(await failed).toMatchObject([
    { reason: { code: 'NET_ABORTED' } },
    { reason: { code: 'NET_TIMEOUT_TOTAL' } },
  ])
  await server.send('kept')
  expect(await client.receive()).toBe('kept')
  client.abort()
  await expect(client.receive()).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect((await server.closed)?.code).toMatch(/^NET_CONN_/)
})

test('a wait that was aborted before it began takes no message, and a loss behind it ends nothing else', async () => {
  const { client, server } = pair()
  const gone = { signal: AbortSignal.abort() }
  await server.send('a')
  await client.ping()
  await expect(client.receive(gone)).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect(client.receive({ timeout: -1 })).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(await client.receive()).toBe('a')
  await expect(client.receive(gone)).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await server.send('b')
  expect(await client.receive()).toBe('b')
  await expect(client.receive(gone)).rejects.toMatchObject({ code: 'NET_ABORTED' })
  server.abort()
  await client.closed
  await expect(client.receive(gone)).rejects.toMatchObject({ code: 'NET_ABORTED' })
})

test('a message that comes in the moment of an abort is not lost', async () => {
  const { client, server } = pair()
  const got: unknown[] = []
  for (let turns = 0; turns < 40; turns++) {
    const abort = new AbortController()
    const waiting = client.receive({ signal: abort.signal }).then(
      (message) => void got.push(message),
      () => {},
    )
    void server.send(`message ${turns}`)
    for (let at = 0; at < turns; at++) await Promise.resolve()
    abort.abort()
    await waiting
  }
  const all = Array.from({ length: 40 }, (_, at) => `message ${at}`)
  while (got.length < all.length) got.push(await client.receive())
  expect(got).toEqual(all)
  await client.close()
})

/** A WebSocket whose peer takes no bytes, with more to send than the road has room for. */
function unread(): { client: http.WebSocketConnection; far: Transport } {
  const [near, far] = memoryPair()
  const client = webSocketOver({
    connection: overTransport(near),
    makeFrames: wsFrames,
    role: 'client',
    headers: new HttpHeaders(),
    protocol: '',
    deflate: undefined,
    options: { maxMessageBytes: 1_000_000, keepAlive: undefined },
    spec: { protocol: 'http', operation: 'webSocket', kind: 'session' },
  })
  for (let at = 0; at < 4; at++) client.send(new Uint8Array(4_000_000)).catch(() => {})
  return { client, far }
}

test('a ping ends with its call, also where the peer takes no bytes', async () => {
  const { client } = unread()
  const abort = new AbortController()
  const pinged = client.ping({ signal: abort.signal })
  abort.abort()
  await expect(pinged).rejects.toMatchObject({ code: 'NET_ABORTED' })
  client.abort()
})

test('a peer that breaks the rules and takes no bytes ends it at once', async () => {
  const { client, far } = unread()
  const received = client.receive()
  await far.write([Buffer.from([0xff, 0xff, 0, 0])])
  await expect(received).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
})

test('pings leave nothing behind on a WebSocket that stays open', async () => {
  const { client } = pair()
  const heard = vi.spyOn(client.closed, 'then')
  await client.ping()
  await client.ping({ timeout: 10_000 })
  expect(heard).not.toHaveBeenCalled()
  await client.close()
})

test('what cannot be sent is refused before a byte', async () => {
  const { client } = pair()
  for (const wrong of [5, undefined, { a: 1 }])
    await expect(client.send(wrong as unknown as string)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  await expect(client.sendJson(undefined)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  client.abort()
})

test('a handshake that is aborted, and a WebSocket that was closed, leave nothing open', async () => {
  await checkNoLeaks(async () => {
    await using server = await serving(echo, () => new Promise(() => {}))
    await using client = http.createClient({ baseUrl: server.url })
    const controller = new AbortController()
    const opening = client.webSocket('/ws', { signal: controller.signal })
    const failed = opening.catch((error: unknown) => error)
    while (server.received.length === 0) await turn()
    controller.abort()
    expect(await failed).toMatchObject({ code: 'NET_ABORTED' })
    await using socket = await client.webSocket('/websocket')
    await socket.send('x')
    await socket.receive()
  })
})
