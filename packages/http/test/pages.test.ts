import { createCertificates } from '@net/socket/testing'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { mostPages, pageOptions } from '../src/pages.ts'

/** Pages of three items each. */
const paged =
  (count: number): Route =>
  ({ query }) => {
    const page = Number(query.get('page') ?? 1)
    const link = page < count ? { link: `<?page=${page + 1}>; rel="next"` } : {}
    return { headers: link, json: [1, 2, 3].map((item) => page * 10 + item) }
  }

async function itemsOf(pages: AsyncIterable<http.HttpResponse>): Promise<number[]> {
  const items: number[] = []
  for await (const page of pages) items.push(...(await page.json<number[]>()))
  return items
}

const failing = async (pages: AsyncIterable<http.HttpResponse>): Promise<unknown> =>
  itemsOf(pages).catch((thrown: unknown) => thrown)

test('[HTTP-30] a walk gives the pages to the last one, with the parameters of the first call only', async () => {
  await using server = await startHttpServer({ routes: { '/items': paged(4) } })
  await using client = http.createClient({ baseUrl: server.url, auth: http.bearer('my-token') })
  expect(await itemsOf(client.pages('/items', { params: { page: 2 } }))).toEqual([
    21, 22, 23, 31, 32, 33, 41, 42, 43,
  ])
  expect(server.received.map(({ target }) => target)).toEqual([
    '/items?page=2',
    '/items?page=3',
    '/items?page=4',
  ])
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
    Array(3).fill('Bearer my-token'),
  )
  expect(await itemsOf(http.pages(`${server.url}/items`))).toHaveLength(12)
})

test('a walk that is left asks for no further page', async () => {
  await using server = await startHttpServer({ routes: { '/items': paged(4) } })
  for await (const page of http.pages(`${server.url}/items`)) {
    expect(page.status).toBe(200)
    break
  }
  expect(server.received).toHaveLength(1)
})

test('a page that comes again, too many of them, and links that cannot be read are errors', async () => {
  await using server = await startHttpServer({
    routes: {
      '/items': paged(4),
      '/loop': { headers: { link: '</loop>; rel=next' }, json: [1] },
      '/broken': { headers: { link: 'next=2' }, json: [1] },
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await failing(client.pages('/loop'))).toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    message: expect.stringContaining('/loop') as string,
  })
  expect(await failing(client.pages('/items', { maxPages: 2 }))).toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  expect(await failing(client.pages('/broken'))).toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect(await failing(client.pages('/status/404'))).toMatchObject({ code: 'NET_NOT_FOUND' })
})

async function besides(use: (home: HttpServer, other: HttpServer) => Promise<void>): Promise<void> {
  await using other = await startHttpServer({ routes: { '/items': { json: [9] } } })
  await using home = await startHttpServer({
    routes: { '/items': { headers: { link: `<${other.url}/items>; rel=next` }, json: [1] } },
  })
  await use(home, other)
}

test('a page of another origin is asked for without what is secret', async () => {
  await besides(async (home, other) => {
    const headers = { 'x-api-key': 'my-key', 'accept-language': 'de' }
    await using client = http.createClient({ auth: http.bearer('my-token'), headers })
    const call = {
      headers: { 'x-mine': '1', accept: 'application/json' },
      user: 'ada',
      password: 'pass-word',
    }
    expect(await itemsOf(client.pages(`${home.url}/items`, call))).toEqual([1, 9])
    expect(home.received[0]!.headers).toMatchObject({ 'x-api-key': 'my-key', 'x-mine': '1' })
    const { authorization, 'x-api-key': key, 'x-mine': mine, ...rest } = other.received[0]!.headers
    expect([authorization, key, mine]).toEqual([undefined, undefined, undefined])
    expect(rest).toMatchObject({ 'accept-language': 'de', accept: 'application/json' })
  })
})

test('pages that came over https lead to none over http', async () => {
  await using plain = await startHttpServer({ routes: { '/items': { json: [9] } } })
  const authority = createCertificates()
  await using server = await startHttpServer({
    tls: authority.issue({ names: ['127.0.0.1'] }),
    routes: { '/items': { headers: { link: `<${plain.url}/items>; rel=next` }, json: [1] } },
  })
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: authority.ca } })
  expect(await failing(client.pages('/items'))).toMatchObject({ code: 'NET_REDIRECT_FORBIDDEN' })
  expect(plain.received).toHaveLength(0)
})

test('options of further pages, and of how many', () => {
  expect(pageOptions({ params: { a: 1 }, headers: { 'x-a': '1' } }, false)).toEqual({
    params: undefined,
    headers: { 'x-a': '1' },
  })
  expect(mostPages(undefined)).toBe(10_000)
  expect(() => mostPages(0)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})
