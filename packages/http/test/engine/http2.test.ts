import type { ServerHttp2Stream } from 'node:http2'

import { captureEvents, untilIdle, useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { tcpDialer } from '@net/socket'
import { createCertificates, faulty } from '@net/socket/testing'
import { expect, test } from 'vitest'

import {
  DATA,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  OK,
  ACK,
  PING,
  SETTINGS,
  startFrameServer,
  startHttp2Server,
  trusted,
} from '../http2-server.ts'

const once = { retry: false } as const

function clientOf(url: string, options: http.ClientOptions = {}): http.HttpClient {
  return http.createClient({ baseUrl: url, tls: trusted, http2: true, ...options })
}

test('[HTTP-52] HTTP/2 is spoken where client and server agree on it, and only there', async () => {
  await using server = await startHttp2Server(
    (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' })
      stream.end('{"a":1}')
    },
    { allowHTTP1: true },
  )
  await using client = clientOf(server.url)
  const response = await client.get('/')
  expect(response).toMatchObject({ status: 200, protocol: 'h2', statusText: '' })
  expect(await response.json()).toEqual({ a: 1 })
  const authority = createCertificates()
  await using older = await startHttpServer({ tls: authority.issue() })
  await using other = http.createClient({ http2: true, tls: { ca: authority.ca } })
  expect(await other.get(`${older.url}/json`)).toMatchObject({ status: 200, protocol: 'http/1.1' })
  await using plain = await startHttpServer()
  expect(await other.get(`${plain.url}/json`)).toMatchObject({ protocol: 'http/1.1' })
})

test('without the option it is not offered', async () => {
  await using server = await startHttp2Server((stream) => stream.respond({ ':status': 200 }))
  await using client = clientOf(server.url, { http2: false })
  // This server speaks nothing else.
  await expect(client.get('/', once)).rejects.toMatchObject({ protocol: 'http' })
  expect(server.accepted).toBe(0)
})

test('many calls share one connection, and never more at once than the server takes', async () => {
  let open = 0
  let most = 0
  await using server = await startHttp2Server(
    (stream) => {
      open += 1
      most = Math.max(most, open)
      setImmediate(() => {
        open -= 1
        stream.respond({ ':status': 200 })
        stream.end('x')
      })
    },
    { settings: { maxConcurrentStreams: 7 } },
  )
  await using client = clientOf(server.url)
  const answers = await Promise.all(Array.from({ length: 60 }, () => client.get('/').text()))
  expect(answers).toEqual(Array.from({ length: 60 }, () => 'x'))
  expect(server.accepted).toBe(1)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(7)
})

test('a call that is aborted leaves the others alone', async () => {
  const streams = new Map<string, ServerHttp2Stream>()
  const { promise: both, resolve } = Promise.withResolvers<void>()
  await using server = await startHttp2Server((stream, headers) => {
    streams.set(String(headers[':path']), stream)
    stream.respond({ ':status': 200 })
    stream.write('first ')
    if (streams.size === 2) resolve()
  })
  await using client = clientOf(server.url)
  const controller = new AbortController()
  const stopped = client.get('/stopped', { signal: controller.signal }).text()
  const going = client.get('/going').text()
  await both
  controller.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => streams.get('/stopped')?.closed).toBe(true)
  expect(streams.get('/stopped')?.rstCode).toBe(8)
  streams.get('/going')?.end('second')
  expect(await going).toBe('first second')
  expect(server.accepted).toBe(1)
})

test('a slow reader delays no other call, and holds no more than its window', async () => {
  const sent: Record<string, number> = {}
  await using server = await startHttp2Server((stream, headers) => {
    const path = String(headers[':path'])
    stream.respond({ ':status': 200 })
    const block = Buffer.alloc(65_536)
    const pump = (): void => {
      while ((sent[path] ?? 0) < 8_388_608) {
        sent[path] = (sent[path] ?? 0) + block.length
        if (!stream.write(block)) return void stream.once('drain', pump)
      }
      stream.end()
    }
    pump()
  })
  await using client = clientOf(server.url)
  await using slow = await client.get('/slow')
  const bytes = await client.get('/fast').bytes()
  expect(bytes).toHaveLength(8_388_608)
  expect(sent['/slow']).toBeLessThan(1_048_576)
  const rest = await slow.bytes()
  expect(rest).toHaveLength(8_388_608)
})

test('what the server refuses to begin with is sent again, also a POST', async () => {
  const seen: string[] = []
  await using server = await startHttp2Server((stream, headers) => {
    seen.push(String(headers[':method']))
    if (seen.length === 1) {
      stream.close(7)
      return
    }
    stream.respond({ ':status': 200 })
    stream.end('done')
  })
  await using client = clientOf(server.url)
  expect(await client.post('/', { json: 1 }).text()).toBe('done')
  expect(seen).toEqual(['POST', 'POST'])
})

test('one that refuses everything is an error that may be repeated', async () => {
  let refused = 0
  await using server = await startHttp2Server((stream) => {
    refused += 1
    stream.close(7)
  })
  await using client = clientOf(server.url)
  await expect(client.post('/', { json: 1 })).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
  })
  expect(refused).toBe(3)
})

test('a server that sends GOAWAY finishes running requests, and the next call connects anew', async () => {
  const streams: ServerHttp2Stream[] = []
  await using server = await startHttp2Server((stream) => {
    streams.push(stream)
    stream.respond({ ':status': 200 })
    stream.write('half ')
  })
  await using client = clientOf(server.url)
  const first = await client.get('/')
  server.sessions[0]?.goaway(0)
  await expect
    .poll(async () => {
      await using probe = await client.get('/')
      return probe.status === 200 && server.accepted
    })
    .toBe(2)
  streams[0]?.end('whole')
  expect(await first.text()).toBe('half whole')
})

test('what a goodbye leaves out is sent again, also a POST', async () => {
  let goodbyes = 0
  await using server = await startFrameServer(({ type, stream }, send) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type !== HEADERS) return
    // The last stream that it looked at, and no error.
    if (goodbyes++ === 0) send({ type: GOAWAY, payload: new Uint8Array(8) })
    else send({ type: HEADERS, flags: END_HEADERS | END_STREAM, stream, payload: OK })
  })
  await using client = clientOf(server.url)
  expect((await client.post('/', { json: 1 })).status).toBe(200)
  expect(goodbyes).toBe(2)
})

test('a connection that is lost ends all its calls', async () => {
  const streams: ServerHttp2Stream[] = []
  await using server = await startHttp2Server((stream, headers) => {
    streams.push(stream)
    if (headers[':path'] !== '/begun') return
    stream.respond({ ':status': 200, 'content-length': 100 })
    stream.write('half')
  })
  await using client = clientOf(server.url)
  const begun = await client.get('/begun', once)
  const silent = client.post('/silent', once)
  const body = begun.text()
  const failures = Promise.allSettled([silent, body])
  await expect.poll(() => streams.length).toBe(2)
  server.cut()
  const [post, text] = await failures
  expect(post).toMatchObject({ reason: { retry: 'idempotent', sent: true } })
  expect(['NET_CONN_CLOSED', 'NET_CONN_RESET']).toContain(codeOf(post))
  expect(text).toMatchObject({
    reason: { code: 'NET_PROTO_INCOMPLETE', received: 4, expected: 100 },
  })
})

test('after an aborted call, no request begins before the server has answered', async () => {
  await using server = await startHttp2Server((stream, headers) => {
    if (headers[':path'] === '/silent') return
    stream.respond({ ':status': 200 })
    stream.end('x')
  })
  await using client = clientOf(server.url)
  await client.get('/').text()
  const late = client.get('/silent', { timeout: 50, ...once })
  await expect(late).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
  // Its pong is not here yet, so that this one has to connect.
  expect(await client.get('/').text()).toBe('x')
  expect(server.accepted).toBe(2)
})

test.each(['whole', 'cut'])(
  'what came before the server hung up is given, here an answer that is %s',
  async (which) => {
    await using server = await startFrameServer(({ type, flags, stream }, send, socket) => {
      if (type === SETTINGS && flags !== ACK) {
        send({ type: SETTINGS })
        // Without it the client's larger windows do not hold yet.
        send({ type: SETTINGS, flags: ACK })
      }
      if (type !== HEADERS) return
      send({ type: HEADERS, flags: END_HEADERS, stream, payload: OK })
      for (let at = 1; at <= 10; at += 1) {
        const last = at === 10 && which === 'whole'
        send({ type: DATA, flags: last ? END_STREAM : 0, stream, payload: Buffer.alloc(16_000) })
      }
      socket.end()
    })
    await using client = clientOf(server.url)
    const response = await client.get('/', once)
    // Only part of it is read ahead.
    const failure = which === 'whole' ? undefined : { code: 'NET_PROTO_INCOMPLETE' }
    await expect.poll(() => server.connections).toBe(0)
    if (failure === undefined) expect(await response.bytes()).toHaveLength(160_000)
    else await expect(response.bytes()).rejects.toMatchObject(failure)
  },
)

test('an answer that has no length is cut short by the loss of the connection, though all that came was read', async () => {
  const ends: ((how: string) => void)[] = []
  await using server = await startFrameServer(({ type, stream }, send, socket) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type !== HEADERS) return
    send({ type: HEADERS, flags: END_HEADERS, stream, payload: OK })
    send({ type: DATA, stream, payload: Buffer.alloc(100) })
    // Up to the stream that it names, whatever else it says.
    const goodbye = { type: GOAWAY, payload: Buffer.from([0, 0, 0, stream, 0, 0, 0, 2]) }
    ends.push((how) => {
      if (how === 'goodbye') send(goodbye)
      else if (how === 'end') socket.end()
      else socket.destroy()
    })
  })
  for (const how of ['end', 'destroy', 'goodbye']) {
    await using client = clientOf(server.url)
    const response = await client.get('/', once)
    const reading = (async () => {
      for await (const chunk of response.body) if (chunk.length > 0) ends.pop()?.(how)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 100 })
  }
})

test('a server that gives no sign of life is left', async () => {
  await using server = await startFrameServer(({ type, stream }, send) => {
    if (type === SETTINGS) send({ type: SETTINGS })
    if (type === HEADERS) send({ type: HEADERS, flags: END_HEADERS, stream, payload: OK })
  })
  using clock = useFakeClock()
  await using client = clientOf(server.url)
  const other = await client.get('/')
  const given = await client.get('/')
  await given[Symbol.asyncDispose]()
  await clock.advance(5000)
  expect(await other.closed).toMatchObject({
    code: 'NET_TIMEOUT_KEEPALIVE',
    limit: 5000,
    phase: 'receive',
  })
})

test('a connection that was cut without a word is found out with the next request, and GETs go over another', async () => {
  let first: unknown
  let pings = 0
  let requests = 0
  await using server = await startFrameServer(({ type, flags, stream }, send, socket) => {
    first ??= socket
    if (type === SETTINGS && flags !== ACK) send({ type: SETTINGS })
    if (type === PING) pings += 1
    if (type !== HEADERS) return
    requests += 1
    if (socket === first && requests > 1) return
    send({ type: HEADERS, flags: END_HEADERS | END_STREAM, stream, payload: OK })
  })
  using clock = useFakeClock()
  await using client = clientOf(server.url)
  await client.get('/')
  await clock.advance(9999)
  const calls = Array.from({ length: 20 }, () => client.get('/'))
  await expect.poll(() => requests).toBe(21)
  // Nothing was asked while no call was under way, nor of a connection that spoke a moment ago.
  expect(pings).toBe(0)
  await clock.advance(1)
  calls.push(client.get('/'), client.get('/'))
  await expect.poll(() => requests).toBe(23)
  expect(pings).toBe(1)
  await clock.advance(5000)
  const all = Promise.all(calls)
  // Time passes only while no socket has anything to do: no limit ends what is on its way.
  while ((await Promise.race([all, untilIdle({ cushion: 20 })])) === undefined) await clock.next()
  expect((await all).every(({ status }) => status === 200)).toBe(true)
})

test('a server that answers PING has its time', async () => {
  const streams: ServerHttp2Stream[] = []
  await using server = await startHttp2Server((stream) => void streams.push(stream))
  using clock = useFakeClock()
  await using client = clientOf(server.url)
  const first = client.get('/')
  await expect.poll(() => streams.length).toBe(1)
  await clock.advance(10_000)
  const pinged = new Promise((resolve) => void server.sessions[0]?.once('ping', resolve))
  const second = client.get('/')
  await pinged
  await expect.poll(() => streams.length).toBe(2)
  // Behind the answer to PING.
  streams[0]?.respond({ ':status': 200 }, { endStream: true })
  expect((await first).status).toBe(200)
  await clock.advance(6000)
  streams[1]?.respond({ ':status': 200 }, { endStream: true })
  expect((await second).status).toBe(200)
})

test('a server that never sends its settings is an error', async () => {
  await using server = await startFrameServer(() => {})
  using clock = useFakeClock()
  using captured = captureEvents()
  await using client = clientOf(server.url)
  const failed = client.get('/', once).catch((error: unknown) => error)
  await captured.waitFor((event) => event.type === 'phase' && event.phase === 'greeting')
  await clock.advance(30_000)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_GREETING',
    phase: 'greeting',
    retry: 'safe',
  })
})

test('calls that wait for a connection that fails connect on their own', async () => {
  await using server = await startHttp2Server((stream) =>
    stream.respond({ ':status': 200 }, { endStream: true }),
  )
  await using client = clientOf(server.url)
  const controller = new AbortController()
  const first = client.get('/', { signal: controller.signal }).catch((error: unknown) => error)
  const others = Array.from({ length: 5 }, () => client.get('/'))
  controller.abort()
  expect(await first).toMatchObject({ code: 'NET_ABORTED' })
  for (const other of others) expect((await other).status).toBe(200)
})

test('every dialer works, also one without a Node socket', async () => {
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ':status': 200 })
    stream.end(Buffer.alloc(1_000_000))
  })
  await using client = clientOf(server.url, { dialer: faulty(tcpDialer(), []) })
  const bodies = await Promise.all([1, 2, 3].map(() => client.get('/').bytes()))
  expect(bodies.map(({ length }) => length)).toEqual([1_000_000, 1_000_000, 1_000_000])
  expect(server.accepted).toBe(1)
})

function codeOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? (result.reason as { code: unknown }).code : undefined
}
