import * as http from '@net/http'
import { startHttpServer, type Reply } from '@net/http/testing'
import { expect, test } from 'vitest'

import { fetchedResponse } from '../src/fetch-response.ts'

const same = { failure: (error: unknown): unknown => error }

/** What a server's reply is, by ours and by the platform's. */
async function both(reply: Reply, method = 'GET'): Promise<readonly [Response, Response]> {
  await using server = await startHttpServer({ routes: { '/r': reply } })
  await using client = http.createClient({ baseUrl: server.url, throwHttpErrors: false })
  const ours = fetchedResponse(await client.request(method, '/r'), method, same)
  return [ours, await fetch(`${server.url}/r`, { method })]
}

test.each<[string, Reply, string?]>([
  ['200', { body: 'x', headers: { 'x-a': ['1', '2'], 'set-cookie': ['a=1', 'b=2'] } }],
  [
    '204 with bytes',
    { raw: 'HTTP/1.1 204 No Content\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi' },
  ],
  ['205', { status: 205 }],
  ['304', { status: 304, headers: { etag: '"1"' } }],
  ['999', { status: 999, reason: 'Odd' }],
  ['a header beyond ASCII', { raw: 'HTTP/1.1 200 OK\r\nx-a: \xe9\r\ncontent-length: 0\r\n\r\n' }],
  ['HEAD', { body: 'x' }, 'HEAD'],
])('%s is what the platform makes of it', async (_, reply, method) => {
  const [ours, platform] = await both(reply, method)
  expect(ours).toBeInstanceOf(Response)
  for (const name of ['status', 'statusText', 'ok', 'redirected', 'type'] as const)
    expect([name, ours[name]]).toEqual([name, platform[name]])
  expect(new URL(ours.url).pathname).toBe('/r')
  expect(ours.body === null).toBe(platform.body === null)
  expect(ours.headers.getSetCookie()).toEqual(platform.headers.getSetCookie())
  expect(ours.headers.get('x-a')).toBe(platform.headers.get('x-a'))
  expect(await ours.text()).toBe(await platform.text())
})

test('a reason beyond ASCII has a character for each byte', () => {
  const answer = http.createResponse({ statusText: 'été' })
  expect(fetchedResponse(answer, 'GET', same).statusText).toBe('été')
})

test('headers cannot be changed, and a copy is the same', async () => {
  const answer = http.createResponse({ status: 999, text: 'x', headers: { 'x-a': '1' } })
  const response = fetchedResponse(answer, 'GET', same)
  expect(() => response.headers.set('x-a', '2')).toThrow(TypeError)
  const copy = response.clone().clone()
  expect([copy.status, copy.url, await copy.text()]).toEqual([999, '', 'x'])
  expect(() => copy.headers.delete('x-a')).toThrow(TypeError)
  expect(await response.text()).toBe('x')
  expect(() => response.clone()).toThrow(TypeError)
})

test('one branch of a copy is read to its end whatever the other does', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  const response = fetchedResponse(await client.get('/bytes/5000000'), 'GET', same)
  const copy = response.clone()
  expect((await response.bytes()).length).toBe(5_000_000)
  expect((await copy.bytes()).length).toBe(5_000_000)
  const left = fetchedResponse(await client.get('/bytes/5000000'), 'GET', same)
  const other = left.clone()
  await Promise.all([left.body?.cancel(), other.body?.cancel()])
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
})

test('what waits for a copy that is not read is limited, and the one that is read gets all', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url, connections: 1 })
  const limited = { ...same, maxWaiting: 1_000_000 }
  const response = fetchedResponse(await client.get('/bytes/3000000'), 'GET', limited)
  const slow = response.clone()
  const begun = slow.body!.getReader()
  await begun.read()
  const unread = response.clone()
  expect((await response.bytes()).length).toBe(3_000_000)
  const late = { code: 'NET_PROTO_LIMIT', limit: 1_000_000 }
  await expect(unread.text()).rejects.toMatchObject(late)
  await expect(begun.read()).rejects.toMatchObject(late)
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
})

test('copies of copies have all of the body, whichever is read first', async () => {
  await using server = await startHttpServer()
  const response = fetchedResponse(await http.get(`${server.url}/bytes/300000`), 'GET', same)
  const copy = response.clone()
  const first = await response.bytes()
  const last = copy.clone()
  await copy.body?.cancel()
  expect(Buffer.compare(await last.bytes(), first)).toBe(0)
  expect(() => response.clone()).toThrow(TypeError)
  const reader = fetchedResponse(await http.get(`${server.url}/json`), 'GET', same)
  reader.body!.getReader()
  expect(() => reader.clone()).toThrow(TypeError)
})

test('a body is read as the bytes of a stream, and fails with what it is told', async () => {
  await using server = await startHttpServer()
  server.fail({ on: '/bytes/200000', after: 100_000, do: 'drop' })
  const answer = await http.get(`${server.url}/bytes/200000`)
  const response = fetchedResponse(answer, 'GET', { failure: () => new TypeError('lost') })
  const reader = response.body!.getReader({ mode: 'byob' })
  const first = await reader.read(new Uint8Array(10))
  expect(Buffer.from(first.value!).toString()).toBe('net net ne')
  reader.releaseLock()
  await expect(
    response
      .body!.getReader()
      .read()
      .then(async () => response.text()),
  ).rejects.toThrow(TypeError)
})
