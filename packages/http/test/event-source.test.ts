import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Reply } from '@net/http/testing'
import { expect, test } from 'vitest'

import {
  eventSource,
  eventSourceOptions,
  type EventSourceOptions,
  type OpenStream,
} from '../src/event-source.ts'

const TYPE = { 'content-type': 'text/event-stream' }
const answer = (text: string): http.HttpResponse => http.createResponse({ headers: TYPE, text })

/** Streams without a server. */
function sourceOf(
  open: (id: string | null, number: number) => http.HttpResponse,
  options?: EventSourceOptions,
): { source: http.ServerSentEvents; ids: (string | null)[] } {
  const ids: (string | null)[] = []
  const opener: OpenStream = async (fields) => {
    const id = fields['last-event-id'] ?? null
    ids.push(id)
    return open(id, ids.length)
  }
  return { source: eventSource(eventSourceOptions(options), opener), ids }
}

async function dataOf(source: AsyncIterable<http.ServerSentEvent>): Promise<string[]> {
  return (await Array.fromAsync(source)).map(({ data }) => data)
}

/** A server that answers with these in turn, then with 204. */
function scripted(...replies: readonly Reply[]): Promise<HttpServer> {
  let at = 0
  return startHttpServer({ routes: { '/events': () => replies[at++] ?? { status: 204 } } })
}

const stream = (body: string): Reply => ({ headers: TYPE, body })

test('[HTTP-60] goes on behind the last event when a stream ends, and 204 ends it', async () => {
  using _clock = useFakeClock({ autoJump: 20 })
  await using server = await scripted(
    stream('id: 1\ndata: a\n\nid: é2\n\n'),
    stream('data: b\n\nid:\ndata: c\n\nid: 9\ndata: cut'),
    stream('data: d\n\n'),
  )
  await using client = http.createClient({ baseUrl: server.url })
  expect(await dataOf(client.eventSource('/events'))).toEqual(['a', 'b', 'c', 'd'])
  const ids = server.received.map(({ headers }) => headers['last-event-id'])
  expect(ids).toEqual([undefined, Buffer.from('é2').toString('latin1'), undefined, undefined])
})

test('an hour with 50 cuts loses and doubles no event', async () => {
  using clock = useFakeClock({ autoJump: true })
  const EACH = 72
  const { source, ids } = sourceOf((id) => {
    const from = Number(id ?? 0)
    if (from >= 3600) return http.createResponse({ status: 204 })
    const whole = Array.from(
      { length: EACH },
      (_, at) => `id: ${from + at + 1}\ndata: ${from + at + 1}\n\n`,
    )
    return answer(`${whole.join('')}id: ${from + EACH + 1}\ndata: cut off`)
  })
  const seen: number[] = []
  for await (const { data } of source) {
    seen.push(Number(data))
    // A second passes with each event.
    await clock.advance(1000)
  }
  expect(seen).toEqual(Array.from({ length: 3600 }, (_, at) => at + 1))
  expect(ids).toHaveLength(51)
  expect(clock.now()).toBeGreaterThanOrEqual(3_600_000)
})

test('[H-HTTP-34] a server that ends each stream at once is not stormed, whatever it asks for', async () => {
  for (const retry of ['', 'retry: 0\n\n', 'retry: 99999999999999\n\n']) {
    using clock = useFakeClock()
    const { source, ids } = sourceOf(() => answer(retry))
    const reading = dataOf(source)
    await clock.advance(300_000)
    expect(ids.length).toBeLessThanOrEqual(12)
    expect(ids.length).toBeGreaterThanOrEqual(1)
    source.close()
    expect(await reading).toEqual([])
    expect(clock.timers).toBe(0)
  }
})

test('the wait that a server asks for, after a stream that held', async () => {
  using clock = useFakeClock()
  const { source, ids } = sourceOf((_id, number) =>
    number === 1 ? answer('retry: 20000\ndata: x\n\n') : http.createResponse({ status: 204 }),
  )
  const events = source[Symbol.asyncIterator]()
  await events.next()
  const rest = events.next()
  await clock.advance(19_000)
  expect(ids).toHaveLength(1)
  await clock.advance(6000)
  expect((await rest).done).toBe(true)
  expect(ids).toHaveLength(2)
})

test('[HTTP-60] what is temporary leads to another connection, not before Retry-After; what is not is thrown', async () => {
  using clock = useFakeClock({ autoJump: 20 })
  await using server = await scripted(
    { status: 503, headers: { 'retry-after': '30' } },
    { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' },
    stream('data: a\n\n'),
    { status: 429 },
    { status: 403 },
  )
  await using client = http.createClient({ baseUrl: server.url })
  const seen: string[] = []
  const reading = async (): Promise<void> => {
    for await (const { data } of client.eventSource('/events')) seen.push(data)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED', status: 403 })
  expect(seen).toEqual(['a'])
  expect(server.received).toHaveLength(5)
  expect(clock.now()).toBeGreaterThanOrEqual(30_000)
})

test('a login that is refused is renewed once, with the same last id; refused again, it is thrown', async () => {
  using _clock = useFakeClock({ autoJump: 20 })
  await using server = await scripted(
    stream('id: 1\ndata: a\n\n'),
    { status: 401, headers: { 'www-authenticate': 'Bearer' } },
    stream('data: b\n\n'),
    { status: 401, headers: { 'www-authenticate': 'Bearer' } },
    { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  )
  let tokens = 0
  await using client = http.createClient({
    baseUrl: server.url,
    auth: http.bearer(() => `token ${(tokens += 1)}`),
  })
  const seen: string[] = []
  const reading = async (): Promise<void> => {
    for await (const { data } of client.eventSource('/events')) seen.push(data)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(seen).toEqual(['a', 'b'])
  const ids = server.received.map(({ headers }) => headers['last-event-id'])
  expect(ids).toEqual([undefined, '1', '1', '1', '1'])
})

test('an answer of another type is thrown, with the type', async () => {
  await using server = await scripted({ headers: { 'content-type': 'text/html' }, body: 'log in' })
  await using client = http.createClient({ baseUrl: server.url })
  const reading = dataOf(client.eventSource('/events'))
  await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(server.received).toHaveLength(1)
})

test('a cut stream leads to another connection, a failed certificate does not', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const { source } = sourceOf((_id, number) => {
    if (number === 1) throw netError('NET_CONN_RESET', { message: 'reset' })
    if (number === 2) return answer('data: a\n\n')
    if (number === 3) throw netError('NET_DNS_NOT_FOUND', { message: 'the network is away' })
    throw netError('NET_TLS_CERT_EXPIRED', { message: 'expired' })
  })
  const seen: string[] = []
  const reading = async (): Promise<void> => {
    for await (const { data } of source) seen.push(data)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'NET_TLS_CERT_EXPIRED' })
  expect(seen).toEqual(['a'])
})

test('so many failures in a row, or one stream alone, if the program says so', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const refusing = (): never => {
    throw netError('NET_CONNECT_REFUSED', { message: 'refused' })
  }
  const few = sourceOf(refusing, { reconnect: { attempts: 2 } })
  await expect(dataOf(few.source)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  expect(few.ids).toHaveLength(3)
  const one = sourceOf(() => answer('data: a\n\n'), { reconnect: false, lastEventId: '5' })
  expect(await dataOf(one.source)).toEqual(['a'])
  expect(one.ids).toEqual(['5'])
})

test('leaving the loop, closing and an abort make no further request', async () => {
  using clock = useFakeClock()
  const left = sourceOf(() => answer('data: a\n\ndata: b\n\n'))
  for await (const { data } of left.source) {
    expect(data).toBe('a')
    break
  }
  const closed = sourceOf(() => answer(''))
  const ending = dataOf(closed.source)
  await clock.until(() => clock.timers === 1)
  closed.source.close()
  expect(await ending).toEqual([])
  const controller = new AbortController()
  const aborted = sourceOf(() => answer(''), { signal: controller.signal })
  const failing = dataOf(aborted.source)
  await clock.until(() => clock.timers === 1)
  controller.abort(new Error('enough'))
  await expect(failing).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(600_000)
  expect([left, closed, aborted].map(({ ids }) => ids.length)).toEqual([1, 1, 1])
  expect(clock.timers).toBe(0)
})

test("the caller's own last-event-id is the first one", async () => {
  const { source, ids } = sourceOf(() => http.createResponse({ status: 204 }), {
    headers: { 'Last-Event-ID': '41' },
  })
  expect(source.lastEventId).toBe('41')
  await dataOf(source)
  expect(ids).toEqual(['41'])
})

test('options of another kind are refused at once', async () => {
  await using client = http.createClient()
  const refused = expect.objectContaining({ code: 'NET_BAD_OPTION' }) as Error
  for (const wrong of [{ reconnect: true }, { retry: 3, reconnects: 1 }, 5])
    expect(() => client.eventSource('http://127.0.0.1:9/', wrong as EventSourceOptions)).toThrow(
      refused,
    )
  expect(() => client.eventSource('/path')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }) as Error,
  )
})

test('a failure is one also where the client takes no status for an error', async () => {
  using _clock = useFakeClock({ autoJump: 20 })
  await using server = await scripted(
    { status: 503, headers: TYPE, body: 'data: no\n\n' },
    stream('data: a\n\n'),
    { status: 204 },
    { status: 404, headers: TYPE, body: 'data: no\n\n' },
  )
  await using client = http.createClient({ baseUrl: server.url, throwHttpErrors: false })
  expect(await dataOf(client.eventSource('/events'))).toEqual(['a'])
  await expect(dataOf(client.eventSource('/events'))).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
})
