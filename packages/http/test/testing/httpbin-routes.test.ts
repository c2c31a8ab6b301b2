import * as http from '@net/http'
import { httpbinRoutes, startHttpServer, type HttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

const serving = (): Promise<HttpServer> => startHttpServer({ routes: httpbinRoutes() })

test('[HTTP-61] a request is told back: query, form, JSON, bytes and headers', async () => {
  await using server = await serving()
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/get', { params: { a: 1, b: ['x', 'y'] } }).json()).toMatchObject({
    args: { a: '1', b: ['x', 'y'] },
    headers: { Accept: 'application/json', Host: server.url.slice('http://'.length) },
    url: `${server.url}/get?a=1&b=x&b=y`,
  })
  expect(await client.post('/post', { form: { a: 'ä' } }).json()).toMatchObject({
    form: { a: 'ä' },
    data: '',
    json: null,
  })
  expect(await client.put('/put', { json: { a: 1 } }).json()).toMatchObject({
    data: '{"a":1}',
    json: { a: 1 },
  })
  expect(await client.patch('/patch', { body: Buffer.from([255]) }).json()).toMatchObject({
    data: 'data:application/octet-stream;base64,/w==',
  })
  expect(await client.request('PROPFIND', '/anything/else').json()).toMatchObject({
    method: 'PROPFIND',
  })
})

test('a form in parts is told back, with its files', async () => {
  await using server = await serving()
  const body = new FormData()
  body.append('a', '1')
  body.append('file', new Blob(['content']), 'name.txt')
  const answer = await fetch(`${server.url}/post`, { method: 'POST', body })
  expect(await answer.json()).toMatchObject({ form: { a: '1' }, files: { file: 'content' } })
})

test('cookies are set, told back and ended', async () => {
  await using server = await serving()
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  expect(await client.get('/cookies/set', { params: { a: '1', b: '2' } }).json()).toEqual({
    cookies: { a: '1', b: '2' },
  })
  expect(await client.get('/cookies/set/c/3').json()).toEqual({
    cookies: { a: '1', b: '2', c: '3' },
  })
  expect(await client.get('/cookies/delete?a=').json()).toEqual({ cookies: { b: '2', c: '3' } })
})

test('logins are checked', async () => {
  await using server = await serving()
  await using client = http.createClient({ baseUrl: server.url })
  const login = { user: 'ada', password: 'pass word' }
  expect(await client.get('/basic-auth/ada/pass%20word', login).json()).toEqual({
    authenticated: true,
    user: 'ada',
  })
  await expect(client.get('/basic-auth/ada/other', login)).rejects.toMatchObject({ status: 401 })
  await expect(client.get('/hidden-basic-auth/ada/other', login)).rejects.toMatchObject({
    status: 404,
  })
  expect(await client.get('/bearer', { auth: http.bearer('my-token') }).json()).toEqual({
    authenticated: true,
    token: 'my-token',
  })
  await expect(client.get('/bearer')).rejects.toMatchObject({ status: 401 })
})

test('caching answers are kept as they say', async () => {
  await using server = await serving()
  await using client = http.createClient({ baseUrl: server.url, cache: true })
  await client.get('/cache/60').json()
  expect((await client.get('/cache/60')).cached).toBe(true)
  await client.get('/cache').json()
  await client.get('/cache', { headers: { 'cache-control': 'no-cache' } }).json()
  expect(server.received.at(-1)!.headers['if-none-match']).toBeDefined()
  await client.get('/etag/tag-1').json()
  expect((await client.get('/etag/tag-1')).cached).toBe(true)
  const ifMatch = client.get('/etag/tag-1', { headers: { 'if-match': '"other"' } })
  await expect(ifMatch).rejects.toMatchObject({ status: 412 })
})

test.each(['/redirect/3', '/relative-redirect/3', '/absolute-redirect/3'])(
  '%s leads to /get in three steps',
  async (path) => {
    await using server = await serving()
    const response = await http.get(server.url + path)
    expect([response.url, response.history.length]).toEqual([`${server.url}/get`, 3])
  },
)

test('pages, streams, files of text and headers as they are asked for', async () => {
  await using server = await serving()
  await using client = http.createClient({ baseUrl: server.url })
  const pages = await Array.fromAsync(client.pages('/links/3/0'), (page) => page.text())
  expect(pages).toEqual(['<p>0 of 3</p>\n', '<p>1 of 3</p>\n', '<p>2 of 3</p>\n'])
  const lines = await Array.fromAsync(client.get('/stream/3').lines())
  expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([0, 1, 2])
  expect(await client.get('/base64/aGVsbG8').text()).toBe('hello')
  expect((await client.get('/response-headers?x-a=1')).headers.get('x-a')).toBe('1')
  const redirected = client.get('/redirect-to', { params: { url: '/deny', status_code: 307 } })
  expect(await redirected.text()).toContain("SHOULDN'T")
  expect(await client.get('/uuid').json()).toMatchObject({
    uuid: expect.stringMatching(/^[\w-]{36}$/),
  })
  expect(await client.get('/robots.txt').text()).toContain('/deny')
  expect(await client.get('/html').text()).toContain('Moby-Dick')
  expect(await client.get('/ip').json()).toEqual({ origin: '127.0.0.1' })
  expect(await client.get('/user-agent').json()).toEqual({ 'user-agent': 'net-http' })
  expect(await client.get('/headers').json()).toMatchObject({
    headers: { 'User-Agent': 'net-http' },
  })
})
