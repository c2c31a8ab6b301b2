import { brotliCompressSync } from 'node:zlib'

import * as http from '@net/http'
import { startHttpServer, type Reply } from '@net/http/testing'
import { expect, test } from 'vitest'

import { ReceivedBody } from '../src/body.ts'
import { HttpHeaders } from '../src/headers.ts'
import { eventStream, notEvents, readEvents } from '../src/read-events.ts'

const TYPE = { 'content-type': 'text/event-stream' }

function bodyOf(bytes: Uint8Array): ReceivedBody {
  const body = new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, undefined, Infinity)
  for (const byte of bytes) body.push(Uint8Array.of(byte))
  body.end()
  return body
}

test('characters and a byte order mark that are cut between chunks; bytes that are no UTF-8', async () => {
  const text = Buffer.concat([
    Buffer.from('\ufeffdata: Grüße 日本\n\ndata: '),
    Buffer.of(0xff),
    Buffer.from('\n\n'),
  ])
  const events = await Array.fromAsync(readEvents(bodyOf(text), eventStream(undefined)))
  expect(events.map(({ data }) => data)).toEqual(['Grüße 日本', '\ufffd'])
})

test.each([
  ['text/event-stream', true],
  [' Text/Event-Stream ; charset=utf-8', true],
  ['text/event-streams', false],
  ['text/html', false],
  ['', false],
])('whether %s is a stream of events', (type, fits) => {
  const refusal = notEvents(new HttpHeaders({ 'content-type': type }), { protocol: 'http' })
  expect(refusal?.code).toBe(fits ? undefined : 'NET_PROTO_UNEXPECTED')
})

test('[HTTP-60] the events of an answer, of any method', async () => {
  const body = ['event: a\ndata: 1\n\n', 'data: 2\n\n']
  await using server = await startHttpServer({ routes: { '/events': { headers: TYPE, body } } })
  const events = http.post(`${server.url}/events`, { json: {} }).events()
  expect((await Array.fromAsync(events)).map(({ type, data }) => type + data)).toEqual([
    'a1',
    'message2',
  ])
  expect(server.received[0]?.headers).toMatchObject({
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
  })
})

test('an answer of another type, and a status that is an error', async () => {
  await using server = await startHttpServer()
  const events = (path: string): Promise<unknown> =>
    Array.fromAsync(http.get(server.url + path).events())
  await expect(events('/json')).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  await expect(events('/json')).rejects.toThrow('application/json')
  await expect(events('/status/404')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  const wrong = http.get(`${server.url}/json`).events({ most: 5 } as http.EventOptions)
  await expect(Array.fromAsync(wrong)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test.each(['gzip', 'deflate', 'br', 'zstd'] as const)(
  'events in %s, which nobody asked for, come whole as soon as each has been sent',
  async (coding) => {
    const sizes = [10, 60_000, 1_000_000]
    const turns = sizes.map(() => Promise.withResolvers<void>())
    const pieces = async function* (): AsyncGenerator<string> {
      for (const [at, size] of sizes.entries()) {
        yield `data: ${'x'.repeat(size)}\n\n`
        await turns[at]?.promise
      }
    }
    const reply = (): Reply => ({ headers: TYPE, coding, body: pieces() })
    await using server = await startHttpServer({ routes: { '/events': reply } })
    const seen: number[] = []
    for await (const { data } of http.get(`${server.url}/events`).events()) {
      turns[seen.length]?.resolve()
      seen.push(data.length)
    }
    expect(seen).toEqual(sizes)
  },
)

test('leaving the loop gives the answer up', async () => {
  const left = Promise.withResolvers<void>()
  await using server = await startHttpServer({
    routes: {
      '/events': (_request, { signal }) => ({
        headers: TYPE,
        body: (async function* () {
          signal.addEventListener('abort', () => left.resolve())
          yield 'data: 1\n\n'
          await new Promise(() => {})
        })(),
      }),
    },
  })
  for await (const { data } of http.get(`${server.url}/events`).events()) {
    expect(data).toBe('1')
    break
  }
  await left.promise
})

test('a coding that is unknown makes no events', async () => {
  const headers = { ...TYPE, 'content-encoding': 'x-own' }
  const body = brotliCompressSync('data: 1\n\n')
  await using server = await startHttpServer({ routes: { '/events': { headers, body } } })
  const events = Array.fromAsync(http.get(`${server.url}/events`).events())
  await expect(events).rejects.toMatchObject({ code: 'NET_PROTO_DECODE' })
})
