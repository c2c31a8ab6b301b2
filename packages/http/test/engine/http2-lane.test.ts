import type { ServerHttp2Stream } from 'node:http2'
import { setImmediate as turn } from 'node:timers/promises'

import { captureEvents, useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { expect, test } from 'vitest'

import {
  ACK,
  DATA,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  OK,
  PING,
  RESET,
  SETTINGS,
  startFrameServer,
  startHttp2Server,
  trusted,
  type Frame,
} from '../http2-server.ts'

const once = { retry: false } as const

function clientOf(url: string): http.HttpClient {
  return http.createClient({ baseUrl: url, tls: trusted, http2: true })
}

/** A server that answers the head of each request with these frames. */
function answering(
  ...frames: readonly Omit<Frame, 'stream'>[]
): ReturnType<typeof startFrameServer> {
  return startFrameServer(({ type, stream }, send) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type !== HEADERS) return
    for (const frame of frames) send({ ...frame, stream })
  })
}

const head: Omit<Frame, 'stream'> = { type: HEADERS, flags: END_HEADERS, payload: OK }
const data: Omit<Frame, 'stream'> = { type: DATA, payload: new Uint8Array(1000) }

function reset(reason: number): Omit<Frame, 'stream'> {
  return { type: RESET, payload: Uint8Array.of(0, 0, 0, reason) }
}

/** `:status: 200`, and `content-length: 2000` without compression. */
const sized: Omit<Frame, 'stream'> = {
  ...head,
  payload: Uint8Array.of(...OK, 0x0f, 0x0d, 4, ...Buffer.from('2000')),
}

test.each([
  ['reset as cancelled', [head, data, reset(8)]],
  ['reset as failed', [head, data, reset(2)]],
  ['reset as refused, though it had begun', [head, data, reset(7)]],
  ['reset without a reason', [head, data, reset(0)]],
  ['reset without a reason, and shorter than announced', [sized, data, reset(0)]],
])('[H-HTTP-01] an answer that is %s is cut short', async (_name, frames) => {
  await using server = await answering(...frames)
  await using client = clientOf(server.url)
  await expect(client.get('/', once).bytes()).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    phase: 'receive',
    received: 1000,
    retry: 'idempotent',
  })
})

test('an answer that ends earlier than announced is refused', async () => {
  await using server = await answering(sized, { ...data, flags: END_STREAM })
  await using client = clientOf(server.url)
  await expect(client.get('/', once).bytes()).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
})

test('a reset with NO_ERROR ends a response that is complete', async () => {
  await using server = await answering(sized, data, data, reset(0))
  await using client = clientOf(server.url)
  expect(await client.get('/').bytes()).toHaveLength(2000)
})

test.each([
  [0, 'NET_CONN_CLOSED', 'idempotent'],
  [1, 'NET_PROTO_MALFORMED', 'never'],
  [2, 'NET_CONN_RESET', 'idempotent'],
  [11, 'NET_PROTO_LIMIT', 'never'],
  [13, 'NET_UNSUPPORTED', 'never'],
])('a request that is reset with %i is %s', async (reason, code, retry) => {
  await using server = await answering(reset(reason))
  await using client = clientOf(server.url)
  await expect(client.get('/', once)).rejects.toMatchObject({ code, retry, sent: true })
})

test('onInterim hears of each interim answer once, and of its fields', async () => {
  await using server = await startHttp2Server((stream) => {
    stream.additionalHeaders({ ':status': 100 })
    stream.additionalHeaders({ ':status': 103, link: '</a>' })
    stream.respond({ ':status': 200 })
    stream.end('ok')
  })
  await using client = clientOf(server.url)
  const heard: unknown[] = []
  const onInterim = ({ status, headers }: http.InterimResponse): void => {
    heard.push([status, headers.get('link')])
  }
  expect(await client.get('/', { onInterim }).text()).toBe('ok')
  expect(heard).toEqual([
    [100, undefined],
    [103, '</a>'],
  ])
})

test('[H-HTTP-07] interim answers without end are cut off', async () => {
  // `:status: 103`.
  const interim = { ...head, payload: Uint8Array.of(0x08, 3, ...Buffer.from('103')) }
  await using server = await answering(...Array.from({ length: 17 }, () => interim), head)
  await using client = clientOf(server.url)
  await expect(client.get('/', once)).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 16 })
})

test('a header section that is longer than its limit when decoded is refused, whatever the server has agreed to', async () => {
  // It never acknowledges our settings. `x` with a value of 4,000 bytes, and then the entry of the table that it became, a hundred times.
  const field = [0x40, 1, 0x78, 0x7f, 0xa1, 0x1e, ...Buffer.alloc(4000, 'y')]
  const again = Array.from({ length: 100 }, () => 0xbe)
  await using server = await answering({
    ...head,
    payload: Uint8Array.of(...OK, ...field, ...again),
  })
  await using client = clientOf(server.url)
  await expect(client.get('/', once)).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 65_536,
  })
})

test('Host becomes the authority, and repeated fields stay apart', async () => {
  await using server = await startHttp2Server((stream, headers) => {
    stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] })
    stream.end(JSON.stringify(headers))
  })
  await using client = clientOf(server.url)
  const headers = { Host: 'other.test', 'X-Mine': ['yes', 'again'] }
  const response = await client.get('/a?b=c', { headers })
  expect(response.headers.getAll('set-cookie')).toEqual(['a=1', 'b=2'])
  const seen = await response.json<Record<string, string>>()
  expect(seen).toMatchObject({
    ':path': '/a?b=c',
    ':authority': 'other.test',
    ':scheme': 'https',
    'x-mine': 'yes, again',
  })
  expect(seen).not.toHaveProperty('host')
})

test('a body is sent as fast as the server accepts it, and arrives complete', async () => {
  await using server = await startHttp2Server((stream) => {
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
    })
    stream.once('end', () => {
      stream.respond({ ':status': 200 })
      stream.end(String(size))
    })
  })
  await using client = clientOf(server.url)
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 40; at += 1) yield Buffer.alloc(100_000)
  }
  expect(await client.post('/', { body: source() }).text()).toBe('4000000')
  expect(await client.post('/', { body: 'x'.repeat(1_000_000) }).text()).toBe('1000000')
})

test.each(['longer', 'shorter'])(
  '[H-HTTP-25] a body that is %s than announced is never complete for the server',
  async (which) => {
    const whole: boolean[] = []
    await using server = await startHttp2Server((stream) => {
      stream.resume()
      stream.once('close', () => whole.push(stream.rstCode === 0))
    })
    await using client = clientOf(server.url)
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(which === 'longer' ? 20 : 5)
    }
    const headers = { 'content-length': '10' }
    const posted = client.post('/', { body: source(), headers, ...once })
    await expect(posted).rejects.toMatchObject({ code: 'NET_SIZE_MISMATCH' })
    await expect.poll(() => whole).toEqual([false])
  },
)

test('[H-HTTP-26] an answer that comes before the body was sent is given, and the rest is not sent', async () => {
  let read = 0
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ':status': 413 })
    stream.end('too much')
  })
  await using client = clientOf(server.url)
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 1000; at += 1) {
      read += 1
      yield Buffer.alloc(100_000)
    }
  }
  const error: unknown = await client
    .post('/', { body: source() })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 413 })
  expect(read).toBeLessThan(100)
})

test('HEAD has a length and no body', async () => {
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ':status': 200, 'content-length': 5000 }, { endStream: true })
  })
  await using client = clientOf(server.url)
  const response = await client.head('/')
  expect(response.headers.get('content-length')).toBe('5000')
  expect(await response.bytes()).toHaveLength(0)
})

test('a silent server passes the limit on its reply, and the stream is given back', async () => {
  const { promise: heard, resolve } = Promise.withResolvers<void>()
  await using server = await startFrameServer(({ type, payload }, send) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type === RESET && payload[3] === 8) resolve()
  })
  using clock = useFakeClock()
  using captured = captureEvents()
  await using client = clientOf(server.url)
  const failed = client
    .get('/', { ...once, timeout: { reply: 700 } })
    .catch((thrown: unknown) => thrown)
  await captured.waitFor((event) => event.type === 'phase' && event.phase === 'command')
  await clock.advance(700)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_REPLY', limit: 700, sent: true })
  await heard
})

test.each<[string, http.RequestOptions, string]>([
  ['JSON', { json: { a: 1 } }, '7'],
  ['a form', { form: { a: 1 } }, '3'],
  ['text', { body: 'Grüße' }, '7'],
  ['bytes', { body: new Uint8Array(10) }, '10'],
  ['a source of known size', { body: http.fromText('12345') }, '5'],
  ['no body', {}, '0'],
])('a POST of %s says how long it is', async (_name, options, length) => {
  await using server = await startHttp2Server((stream, headers) => {
    stream.respond({ ':status': 200 })
    stream.end(String(headers['content-length']))
  })
  await using client = clientOf(server.url)
  expect(await client.post('/', options).text()).toBe(length)
})

test('a request whose method has no body has no Content-Length', async () => {
  await using server = await startHttp2Server((stream, headers) => {
    stream.respond({ ':status': 200 })
    stream.end(String(headers['content-length']))
  })
  await using client = clientOf(server.url)
  expect(await client.get('/').text()).toBe('undefined')
  expect(await client.delete('/').text()).toBe('undefined')
})

test('large uploads to a slow server hinder no other call, however many there are', async () => {
  const reading: ServerHttp2Stream[] = []
  await using server = await startHttp2Server((stream, headers) => {
    if (headers[':method'] === 'GET') {
      stream.respond({ ':status': 200 })
      stream.end('small')
      return
    }
    let received = 0
    stream.on('data', (chunk: Buffer) => (received += chunk.length))
    stream.on('end', () => {
      stream.respond({ ':status': 200 })
      stream.end(String(received))
    })
    stream.pause()
    reading.push(stream)
  })
  await using client = clientOf(server.url)
  const large = client.put('/', { body: new Uint8Array(20 << 20), ...once }).text()
  const many = Array.from({ length: 60 }, () =>
    client.put('/', { body: new Uint8Array(400_000), ...once }).text(),
  )
  await expect.poll(() => reading.length).toBe(61)
  expect(await client.get('/', once).text()).toBe('small')
  for (const stream of reading) stream.resume()
  expect(await large).toBe(String(20 << 20))
  expect(await Promise.all(many)).toEqual(Array(60).fill('400000'))
})

test('a large upload that the server refuses gets the refusal', async () => {
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ':status': 413 })
    stream.end('too large')
  })
  await using client = clientOf(server.url)
  await expect(client.post('/', { body: new Uint8Array(20 << 20), ...once })).rejects.toMatchObject(
    { status: 413 },
  )
})

test('an unused connection is asked nothing for a minute, and then with the next request', async () => {
  const heard: number[] = []
  await using server = await startFrameServer(({ type, flags, stream }, send) => {
    heard.push(type)
    if (type === SETTINGS && flags !== ACK) send({ type: SETTINGS })
    if (type === HEADERS)
      send({ type: HEADERS, flags: END_HEADERS | END_STREAM, stream, payload: OK })
  })
  using clock = useFakeClock()
  await using client = http.createClient({
    baseUrl: server.url,
    tls: trusted,
    http2: true,
    connections: { idleTime: 120_000 },
  })
  await client.get('/')
  // Ours, and what we say to theirs.
  await expect.poll(() => heard.filter((type) => type === SETTINGS).length).toBe(2)
  const before = heard.length
  await clock.advance(60_000)
  for (let turns = 0; turns < 20; turns++) await turn(undefined)
  expect(heard.slice(before)).toEqual([])
  const next = client.get('/')
  await expect.poll(() => heard.slice(before)).toContain(PING)
  expect(heard.slice(before)).toContain(HEADERS)
  expect((await next).status).toBe(200)
})
