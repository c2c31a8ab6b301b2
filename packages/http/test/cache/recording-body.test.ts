import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { ReceivedBody, wholeBody } from '../../src/body.ts'
import { RecordingBody } from '../../src/cache/recording-body.ts'

interface Kept {
  readonly told: string[]
  readonly body: RecordingBody
}

function recording(inner: ReceivedBody, most = 100): Kept {
  const told: string[] = []
  const body = new RecordingBody(inner, most, {
    whole: (bytes) => told.push(Buffer.from(bytes).toString()),
    lost: () => told.push('lost'),
  })
  return { told, body }
}

const flow = { pause() {}, resume() {}, abandon() {} }

test('a body that is read to its end is kept, whatever its reader does to the bytes', async () => {
  const { told, body } = recording(wholeBody(Buffer.from('whole')))
  for await (const chunk of body) chunk.fill(0)
  expect([told, await body.closed]).toEqual([['whole'], undefined])
})

test('a body that its reader leaves, cancels or cannot get is lost', async () => {
  const left = recording(wholeBody(Buffer.from('left')))
  for await (const chunk of left.body) {
    expect(chunk).toHaveLength(4)
    break
  }
  const cancelled = recording(wholeBody(Buffer.from('cancelled')))
  cancelled.body.cancel()
  const broken = new ReceivedBody(flow, undefined, Infinity)
  const failed = recording(broken)
  broken.fail(Object.assign(new Error('cut')) as never)
  await expect(failed.body[Symbol.asyncIterator]().next()).rejects.toThrow('cut')
  for (const { told } of [left, cancelled, failed]) {
    expect(told.length).toBeGreaterThan(0)
    expect(new Set(told)).toEqual(new Set(['lost']))
  }
})

test('one that is too long is read and not kept, whether its length was told or not', async () => {
  const announced = recording(wholeBody(Buffer.from('announced')), 3)
  expect(announced.told).toEqual(['lost'])
  const growing = new ReceivedBody(flow, undefined, Infinity)
  growing.push(Buffer.from('ab'))
  growing.push(Buffer.from('cd'))
  growing.end()
  const grown = recording(growing, 3)
  const chunks: Uint8Array[] = []
  for await (const chunk of grown.body) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('abcd')
  expect(grown.told).toEqual(['lost'])
})

test('what was kept is taken back where its coding turns out to be broken', async () => {
  const { told, body } = recording(wholeBody(Buffer.from('whole')))
  for await (const chunk of body) expect(chunk).toHaveLength(5)
  body.cancel()
  expect(told).toEqual(['whole', 'lost'])
})

test('what was read to its end stays, though its reader lets go of it then', async () => {
  const headers = { 'cache-control': 'max-age=60' }
  const lines = 'a line\n'.repeat(30_000)
  await using server = await startHttpServer({
    routes: {
      '/long': { headers, framing: 'chunked', body: lines },
      '/zip': { headers, coding: 'gzip', json: { id: 1 } },
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cache: true })
  const disposed = async (path: string): Promise<number> => {
    await using response = await client.get(path)
    return (await response.text()).length
  }
  const counted = async (): Promise<number> => {
    let count = 0
    for await (const line of client.get('/long').lines()) count += line.length
    return count
  }
  expect([await counted(), await disposed('/long')]).toEqual([180_000, lines.length])
  expect([await disposed('/zip'), await disposed('/zip')]).toEqual([8, 8])
  expect(server.received.map(({ path }) => path)).toEqual(['/long', '/zip'])
})

const MINUTE: Readonly<Record<string, string>> = { 'cache-control': 'max-age=60' }
const clientOf = (server: HttpServer, more: http.ClientOptions = {}): http.HttpClient =>
  http.createClient({ baseUrl: server.url, cache: true, ...more })

test('a body that is reset within HTTP/2 is not kept', async () => {
  const authority = createCertificates()
  const body = Array.from({ length: 4 }, () => 'x'.repeat(50_000))
  await using server = await startHttpServer({
    tls: authority.issue(),
    http2: true,
    routes: { '/a': { headers: MINUTE, body } },
  })
  const tls = { ca: authority.ca }
  await using client = clientOf(server, { tls, http2: true, defaults: { retry: false } })
  server.fail({ on: '/a', after: 3000, do: 'reset' })
  await expect(client.get('/a').text()).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  for (const isKept of [false, true]) {
    const answer = await client.get('/a')
    expect([answer.protocol, answer.cached, (await answer.text()).length]).toEqual([
      isKept ? answer.protocol : 'h2',
      isKept,
      200_000,
    ])
  }
})

test('a body that ends with its connection is kept where TLS tells that it was whole, and nowhere else', async () => {
  const authority = createCertificates()
  const routes: Record<string, Route> = {
    '/a': { framing: 'close', headers: MINUTE, body: 'text' },
  }
  for (const tls of [undefined, authority.issue()]) {
    await using server = await startHttpServer({ routes, tls })
    await using client = clientOf(server, { tls: { ca: authority.ca } })
    for (const isKept of [false, tls !== undefined]) {
      const answer = await client.get('/a')
      expect([await answer.text(), answer.cached]).toEqual(['text', isKept])
    }
  }
})
