import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'

import { isNetError } from '@net/core'
import * as http from '@net/http'
import { replayHar, startHttpServer, type ReplayOptions, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from '../folder.ts'

type Run = (client: http.HttpClient) => Promise<unknown>

/** Records a run against a server that is gone afterwards; gives a client that replays it. */
async function recorded(
  run: Run,
  routes: Readonly<Record<string, Route>> = {},
  options?: ReplayOptions,
): Promise<{ readonly client: http.HttpClient; readonly har: http.Har; readonly result: unknown }> {
  await using server = await startHttpServer({ routes })
  await using recorder = http.recordHar()
  const shared = { baseUrl: server.url, defaults: { retry: false } } as const
  await using client = http.createClient({ ...shared, middleware: [recorder.middleware] })
  const result = await run(client)
  const har = await recorder.har()
  return { client: http.createClient({ ...shared, handler: replayHar(har, options) }), har, result }
}

test('a run gives the same without its server: JSON, binary both ways, a redirect, a status, compression', async () => {
  const bytes = randomBytes(1_000_000)
  const run: Run = async (client) => [
    await client.get('/json').json(),
    await client.post('/hash', { body: bytes }).json(),
    Buffer.from(await client.get('/random').bytes()).equals(bytes),
    await client.get('/redirect/307?to=/json').text(),
    await client.get('/coded/br?size=100').text(),
    await client
      .get('/status/404')
      .catch((error: unknown) => (error as http.HttpStatusError).reply),
    await client.post('/form', { multipart: { a: '1', f: new File(['x'], 'x') } }).json(),
  ]
  const { client, result } = await recorded(run, { '/random': { body: bytes } })
  expect(await run(client)).toEqual(result)
})

test('equal calls get their answers in order, then an error, or the last one again', async () => {
  let count = 0
  const routes: Record<string, Route> = { '/poll': () => ({ json: (count += 1) }) }
  const poll: Run = async (client) => [
    await client.get('/poll').json(),
    await client.get('/poll').json(),
    await client.get('/poll').json(),
  ]
  const strict = await recorded(poll, routes)
  expect(await poll(strict.client)).toEqual([1, 2, 3])
  const more = strict.client.get('/poll')
  await expect(more).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  await expect(more).rejects.toThrow('was recorded 3 times')
  count = 0
  const lasting = await recorded(poll, routes, { repeatLast: true })
  await poll(lasting.client)
  expect(await lasting.client.get('/poll').json()).toBe(3)
})

test('what was not recorded is an error that names the nearest call and where it differs', async () => {
  const { client } = await recorded(async (client) => {
    await client.get('/json').json()
    await client.post('/echo', { json: { a: 1 }, params: { day: 1 } }).json()
  })
  await expect(client.post('/echo', { json: { a: 2 }, params: { day: 1 } })).rejects.toThrow(
    /POST http:.*\/echo\?day=1 was not recorded; POST http:.*\/echo\?day=1 differs in the body/,
  )
  await expect(client.get('/json?b=1')).rejects.toThrow('differs in the parameter b')
  await expect(client.delete('/json')).rejects.toThrow('differs in the method')
})

test('JSON is compared by its meaning, whatever the order of its members', async () => {
  const { client } = await recorded((client) =>
    client.post('/echo', { json: { a: 1, b: { c: [1, 2], d: null } } }).json(),
  )
  const other = client.post('/echo', { json: { b: { c: [2, 1], d: null }, a: 1 } })
  await expect(other).rejects.toThrow('differs in the body')
  const same = client.post('/echo', { json: { b: { d: null, c: [1, 2] }, a: 1 } })
  expect((await same).status).toBe(200)
})

test('parameters that may differ, headers that may not', async () => {
  const options = { ignoreQuery: ['now'], matchHeaders: ['Accept-Language'] }
  const headers = { 'accept-language': 'de' }
  const run =
    (now: number, fields = headers): Run =>
    (client) =>
      client.get('/json', { params: { now }, headers: fields }).json()
  const { client } = await recorded(run(1), {}, { ...options, repeatLast: true })
  expect(await run(2)(client)).toMatchObject({ id: 1 })
  await expect(run(2, { 'accept-language': 'en' })(client)).rejects.toThrow(
    'the header accept-language',
  )
})

test('secrets of another run find the same recording', async () => {
  const run =
    (secret: string): Run =>
    (client) =>
      client
        .post('/login', {
          json: { password: secret },
          params: { token: secret },
          auth: http.bearer(secret),
        })
        .json()
  const login: Route = { headers: { 'set-cookie': 'sid=1' }, json: { access_token: 'of-server' } }
  const { client } = await recorded(run('first secret'), { '/login': login })
  expect(await run('second secret')(client)).toEqual({ access_token: '[secret]' })
})

test('a stream comes in the pieces in which it came, and ends with the error it had', async () => {
  const pieces = ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']
  const run: Run = async (client) => {
    const sizes: number[] = []
    const answer = await client.get('/events')
    for await (const chunk of answer.body) sizes.push(chunk.length)
    return sizes
  }
  const stream: Route = () => ({
    headers: { 'content-type': 'text/event-stream' },
    body: (async function* () {
      for (const piece of pieces) {
        yield piece
        await new Promise((resolve) => setImmediate(resolve))
      }
    })(),
  })
  const { client, result } = await recorded(run, { '/events': stream })
  expect(await run(client)).toEqual(result)
  const cut: Run = (client) => client.get('/cut').bytes()
  const code = (client: http.HttpClient): Promise<unknown> =>
    cut(client).catch((error: unknown) => isNetError(error) && [error.code, error.received])
  const replayed = await recorded(code, {
    '/cut': { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345' },
  })
  expect(replayed.result).toEqual(['NET_PROTO_INCOMPLETE', 5])
  await expect(cut(replayed.client)).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
})

test('a recording is read from its file; what is none is told', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.har')
  const { har } = await recorded((client) => client.get('/json').json())
  await writeFile(path, JSON.stringify(har))
  const { origin } = new URL(har.log.entries[0]!.request.url)
  const client = http.createClient({ baseUrl: origin, handler: replayHar(path) })
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
  await writeFile(path, 'oh')
  const broken = http.createClient({ baseUrl: origin, handler: replayHar(path) })
  await expect(broken.get('/json')).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
  expect(() => replayHar(har, { ignore: [] } as ReplayOptions)).toThrow('ignoreQuery')
})

test('a recording that cannot be read fails its calls alone, also one whose body takes its time', async () => {
  await using client = http.createClient({ handler: replayHar('/nowhere/recorded.har') })
  const turns = async function* (): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < 200; at++) await turn()
    yield Buffer.from('late')
  }
  for (const body of [turns(), Buffer.from('at once')]) {
    const call = client.post('http://a.example/', { body }).text()
    await expect(call).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
  }
})
