import { createHmac } from 'node:crypto'

import * as http from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

const signed = (path: string): string => createHmac('sha256', 'key').update(path).digest('hex')
const checking: Route = ({ path, headers }) => ({
  status: headers['x-signature'] === signed(path) ? 200 : 401,
  body: path,
})
const signature = http.loginSteps('signature', (request, send) =>
  send(request.with({ headers: { 'x-signature': signed(request.url.pathname) } })),
)

test('[HTTP-37] each request of a call is signed for its own path, redirects too', async () => {
  await using server = await startHttpServer({
    routes: { '/a': { status: 307, headers: { location: '/b' } }, '/b': checking, '/c': checking },
  })
  await using client = http.createClient({ baseUrl: server.url, auth: signature })
  expect(await client.get('/a').text()).toBe('/b')
  expect(await client.post('/c', { json: {} }).text()).toBe('/c')
})

test('[HTTP-37] a login of several steps: a ticket is fetched, and renewed when it is refused', async () => {
  let valid = 1
  await using server = await startHttpServer({
    routes: {
      '/ticket': () => ({ body: `ticket-${valid}` }),
      '/in': ({ headers }) => ({
        status: headers['x-ticket'] === `ticket-${valid}` ? 200 : 403,
        body: 'in',
      }),
    },
  })
  let ticket = ''
  const auth = http.loginSteps('ticket', async (request, send) => {
    const tickets = new http.HttpRequest(
      'GET',
      new URL('/ticket', request.url),
      http.HttpHeaders.none,
    )
    ticket ||= await (await send(tickets)).text()
    const first = await send(request.with({ headers: { 'x-ticket': ticket } }))
    if (first.status !== 403) return first
    first.body.cancel()
    ticket = await (await send(tickets)).text()
    return send(request.with({ headers: { 'x-ticket': ticket } }))
  })
  await using client = http.createClient({ baseUrl: server.url, auth })
  expect(await client.get('/in').text()).toBe('in')
  valid = 2
  expect(await client.get('/in').text()).toBe('in')
  expect(server.received.map(({ path }) => path)).toEqual([
    '/ticket',
    '/in',
    '/in',
    '/ticket',
    '/in',
  ])
})

test('another origin is asked without it, and what it throws is the error', async () => {
  await using other = await startHttpServer({
    routes: { '/b': ({ headers }) => ({ body: headers['x-signature'] ?? 'unsigned' }) },
  })
  await using server = await startHttpServer({
    routes: { '/away': { status: 302, headers: { location: `${other.url}/b` } } },
  })
  await using client = http.createClient({ baseUrl: server.url, auth: signature })
  expect(await client.get('/away').text()).toBe('unsigned')
  const mine = new Error('mine')
  const failing = http.loginSteps('failing', () => Promise.reject(mine))
  await expect(client.get('/away', { auth: failing })).rejects.toBe(mine)
})

test('redirects have their limit and their history all the same', async () => {
  await using server = await startHttpServer({
    routes: { '/loop': { status: 302, headers: { location: '/loop' } } },
  })
  await using client = http.createClient({ baseUrl: server.url, auth: signature })
  await expect(client.get('/loop', { redirect: 2 })).rejects.toMatchObject({
    code: 'NET_REDIRECT_LIMIT',
  })
  expect((await client.get('/loop', { redirect: false })).status).toBe(302)
})

test('a call that is stopped ends though its login does not', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const begun = Promise.withResolvers<void>()
  const auth = http.loginSteps('hanging', (_request, _send, { signal }) => {
    expect(signal.aborted).toBe(false)
    begun.resolve()
    return new Promise(() => {})
  })
  const stop = new AbortController()
  const call = client.get('/json', { auth, signal: stop.signal })
  call.catch(() => {})
  await begun.promise
  stop.abort()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
})

test('what is no function is refused', () => {
  expect(() => http.loginSteps('a', 'b' as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
