import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { bodyOfRequest, bodyOption } from '../src/fetch-body.ts'

interface Echo {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A FormData of another realm: the same members, another class. */
class OtherFormData {
  get [Symbol.toStringTag](): string {
    return 'FormData'
  }
  *entries(): Generator<[string, string | Blob]> {
    yield ['a', '1']
    yield ['f', new File(['x'], 'x.txt')]
  }
  [Symbol.iterator](): Generator<[string, string | Blob]> {
    return this.entries()
  }
}

test.each<[string, () => unknown, string, string | undefined]>([
  ['a text', () => 'grüß', 'grüß', 'text/plain;charset=UTF-8'],
  [
    'parameters',
    () => new URLSearchParams({ a: '1 2' }),
    'a=1+2',
    'application/x-www-form-urlencoded',
  ],
  ['a Blob', () => new Blob(['x'], { type: 'image/png' }), 'x', 'image/png'],
  ['an ArrayBuffer', () => new TextEncoder().encode('ab').buffer, 'ab', undefined],
  ['a view', () => new DataView(new TextEncoder().encode('abc').buffer, 1), 'bc', undefined],
  ['a stream', () => new Blob(['abc']).stream(), 'abc', undefined],
  ['a stream of Node with text', () => Readable.from(['a', 'b']), 'ab', undefined],
  ['nothing', () => null, '', undefined],
])('%s', async (_, body, text, type) => {
  await using server = await startHttpServer()
  const echo = await http.post(`${server.url}/echo`, bodyOption(body())).json<Echo>()
  expect(echo.body).toBe(text)
  expect(echo.headers['content-type']).toBe(type)
})

test('a form, also one of another realm', async () => {
  await using server = await startHttpServer()
  const own = new FormData()
  own.append('a', '1')
  own.append('f', new File(['x'], 'x.txt'))
  for (const form of [own, new OtherFormData()]) {
    const fields = await http.post(`${server.url}/form`, bodyOption(form)).json()
    expect(fields).toMatchObject([
      ['a', '1'],
      ['f', { filename: 'x.txt', size: 1 }],
    ])
  }
})

test('bytes may change once the call has begun', async () => {
  const bytes = Buffer.from('abc')
  const option = bodyOption(bytes)
  bytes.fill(0)
  expect(Buffer.from(option.body as Uint8Array).toString()).toBe('abc')
})

test('what nobody could mean is a TypeError', () => {
  for (const body of [{ a: 1 }, [1], 5, Symbol('x')])
    expect(() => bodyOption(body)).toThrow(TypeError)
})

test('the body of a request is sent with its length if it is short', async () => {
  const streamOf = (size: number): ReadableStream<Uint8Array> =>
    new Blob([Buffer.alloc(size, 'x')]).stream()
  const short = await bodyOfRequest(streamOf(1_000_000))
  expect((short.body as Uint8Array).length).toBe(1_000_000)
  const long = await bodyOfRequest(streamOf(3_000_000))
  let size = 0
  for await (const chunk of long.body as AsyncIterable<Uint8Array>) size += chunk.length
  expect(size).toBe(3_000_000)
  const left = await bodyOfRequest(streamOf(3_000_000))
  for await (const chunk of left.body as AsyncIterable<Uint8Array>) {
    expect(chunk.length).toBeGreaterThan(0)
    break
  }
})

test('a body that does not come is left to its call, which ends it', async () => {
  using clock = useFakeClock()
  for (const limits of [{ signal: AbortSignal.timeout(1) }, { most: 100 }, {}]) {
    let cancelled: unknown
    const pulled = Promise.withResolvers<void>()
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(Buffer.from('first')),
        pull: () => pulled.resolve(),
        cancel: (reason) => void (cancelled = reason),
      },
      { highWaterMark: 0 },
    )
    const looking = bodyOfRequest(stream, limits)
    await pulled.promise
    await clock.advance(1000)
    const { body } = await looking
    expect(body).toBeInstanceOf(ReadableStream)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first')
    const waiting = reader.read()
    await reader.cancel('enough')
    expect([await waiting, cancelled]).toEqual([{ done: true, value: undefined }, 'enough'])
  }
})

test('what comes late of a body is sent behind what came before, and its failure is the failure', async () => {
  using clock = useFakeClock()
  let give: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      give = controller
      controller.enqueue(Buffer.from('a'))
    },
  })
  const looking = bodyOfRequest(stream)
  for (let turns = 0; turns < 5; turns++) await turn()
  await clock.advance(1000)
  const { body } = await looking
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  give?.enqueue(Buffer.from('b'))
  give?.enqueue(Buffer.from('c'))
  for (const each of ['a', 'b', 'c'])
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(each)
  give?.error(new Error('the disk is gone'))
  await expect(reader.read()).rejects.toThrow('the disk is gone')
})
