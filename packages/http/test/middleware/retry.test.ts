import { canary, expectNoCanary } from '@tools/canary'
import { retryBudget, retryPolicy } from '@net/async'
import { onEvent, type RetryEvent } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { respecting } from '../../src/middleware/retry.ts'

const failing = (status: number, headers = {}): { do: { reply: object } } => ({
  do: { reply: { status, headers, body: 'not now' } },
})

test('[HTTP-50] idempotent calls are repeated twice, after a wait', async () => {
  using clock = useFakeClock()
  const events: RetryEvent[] = []
  using listening = onEvent('retry', (event) => events.push(event))
  expect(listening).toBeDefined()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  server.fail({ ...failing(503), times: 2 })
  const answer = client.get('/json').json()
  await clock.until(() => events.length === 1)
  await clock.advance(100)
  await clock.until(() => events.length === 2)
  await clock.advance(200)
  expect(await answer).toMatchObject({ id: 1 })
  expect(server.received).toHaveLength(3)
  expect(events.map(({ attempt, error }) => [attempt, error.code])).toEqual([
    [1, 'NET_REPLY_TEMPORARY'],
    [2, 'NET_REPLY_TEMPORARY'],
  ])
})

test('[HTTP-50] the last failure has the earlier ones, and its own reply', async () => {
  await using server = await startHttpServer()
  server.fail({ ...failing(500), times: 2 })
  server.fail({ do: { reply: { status: 502, body: 'gateway' } } })
  const retry = retryPolicy({ delay: 0 })
  const error: unknown = await http.get(`${server.url}/json`, { retry }).catch((e: unknown) => e)
  expect(error).toMatchObject({
    name: 'HttpStatusError',
    status: 502,
    reply: { text: 'gateway' },
    attempts: [{ status: 500 }, { status: 500 }],
  })
})

test('[HTTP-50] Retry-After is waited for', async () => {
  using clock = useFakeClock()
  const waits: number[] = []
  using _ = onEvent('retry', ({ delay }) => waits.push(delay))
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const retry = retryPolicy({ jitter: 'none' })
  server.fail(failing(429, { 'retry-after': '30' }))
  const answer = client.get('/json', { retry }).json()
  await clock.until(() => waits.length > 0)
  expect(waits).toEqual([30_000])
  await clock.advance(29_999)
  expect(server.received).toHaveLength(1)
  await clock.advance(1)
  expect(await answer).toMatchObject({ id: 1 })
})

test('a Retry-After beyond the rest of the call is not waited for: the response comes at once', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  server.fail({ ...failing(503, { 'retry-after': '20' }), times: 2 })
  await expect(client.get('/json', { timeout: 5000 })).rejects.toMatchObject({
    name: 'HttpStatusError',
    status: 503,
    retryAfter: 20_000,
  })
  const answer = await client.get('/json', { timeout: 5000, throwHttpErrors: false })
  expect(answer.status).toBe(503)
  expect(clock.now()).toBe(0)
})

test.each([
  ['POST', 503, 1],
  ['GET', 404, 1],
  ['GET', 501, 1],
  ['PUT', 503, 3],
  ['DELETE', 408, 3],
])('[HTTP-50] %s answered with %i is sent %i times', async (method, status, times) => {
  await using server = await startHttpServer()
  server.fail({ ...failing(status), times: 5 })
  const retry = method === 'POST' ? {} : { retry: retryPolicy({ delay: 0 }) }
  await expect(http.request(method, `${server.url}/json`, retry)).rejects.toMatchObject({ status })
  expect(server.received).toHaveLength(times)
})

test('[HTTP-50] a lost connection is repeated on another one', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    defaults: { retry: retryPolicy({ delay: 0 }) },
  })
  server.fail({ do: 'reset', times: 2 })
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
  expect(server.received).toHaveLength(3)
})

test('a status that is not an error for the caller is repeated, and returned at last', async () => {
  await using server = await startHttpServer()
  server.fail({ ...failing(503), times: 3 })
  const response = await http.get(`${server.url}/json`, {
    throwHttpErrors: false,
    retry: retryPolicy({ delay: 0 }),
  })
  expect([response.status, await response.text()]).toEqual([503, 'not now'])
  expect(server.received).toHaveLength(3)
})

test('[HTTP-18] a body that was read is not sent again, and the failure is the one that happened', async () => {
  await using server = await startHttpServer()
  server.fail({ ...failing(503), times: 3 })
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('once')
  }
  const retry = retryPolicy({ delay: 0 })
  await expect(http.put(`${server.url}/echo`, { body: body(), retry })).rejects.toMatchObject({
    status: 503,
  })
  expect(server.received).toHaveLength(1)
})

test('[HTTP-18] a body that can be read again is, for the repeat', async () => {
  await using server = await startHttpServer()
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('again')
  }
  for (const each of [body, http.fromText('again'), 'again', Buffer.from('again')]) {
    server.fail(failing(503))
    const echo = await http
      .put(`${server.url}/echo`, { body: each, retry: retryPolicy({ delay: 0 }) })
      .json()
    expect(echo).toMatchObject({ body: 'again' })
  }
  expect(server.received).toHaveLength(8)
})

test('a policy that respects the body changes nothing else', () => {
  const body = { replayable: false, begun: false }
  const policy = respecting(body, { delay: () => 5 })
  const failed = {
    error: new http.HttpStatusError({
      status: 503,
      statusText: '',
      headers: http.HttpHeaders.none,
    }),
    attempt: 1,
    idempotent: true,
    elapsed: 0,
  }
  expect(policy.delay(failed)).toBe(5)
  body.begun = true
  expect(policy.delay(failed)).toBeUndefined()
  policy.succeeded?.()
})

test('what the server echoes of a secret is in no error', async () => {
  await using server = await startHttpServer()
  const password = canary('echo')
  server.fail({
    do: {
      reply: { status: 400, headers: { 'x-echo': password }, body: `wrong password: ${password}` },
    },
  })
  const url = server.url.replace('//', `//ada:${password}@`)
  const error: unknown = await http.get(`${url}/json`).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ status: 400, reply: { text: 'wrong password: [secret]' } })
  expectNoCanary(error)
})

test('a hook hears of each repeat before its wait, and may refuse it', async () => {
  await using server = await startHttpServer()
  const notices: unknown[] = []
  await using client = http.createClient({
    baseUrl: server.url,
    defaults: { retry: { attempts: 3, delay: 0 } },
    onRetry: ({ attempt, delay, error }) => {
      notices.push([attempt, delay, (error as { code?: string }).code])
    },
  })
  server.fail({ ...failing(503), times: 2 })
  expect((await client.get('/json')).status).toBe(200)
  expect(notices).toEqual([
    [1, 0, 'NET_REPLY_TEMPORARY'],
    [2, 0, 'NET_REPLY_TEMPORARY'],
  ])
  server.fail(failing(503))
  await expect(client.get('/json', { onRetry: () => false })).rejects.toMatchObject({ status: 503 })
  server.fail(failing(503))
  await expect(client.get('/json', { retry: false })).rejects.toMatchObject({ status: 503 })
  expect(notices).toHaveLength(2)
})

test('what a hook throws is the error of the call', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const mine = new Error('mine')
  server.fail(failing(503))
  const onRetry = (): never => {
    throw mine
  }
  await expect(client.get('/json', { onRetry })).rejects.toBe(mine)
})

test('[H-CORE-21] a thousand calls to a server that is down share one budget of repeats', async () => {
  let sent = 0
  const budget = retryBudget({ tokens: 500, cost: 5 })
  await using client = http.createClient({
    baseUrl: 'http://down.test',
    handler: async () => {
      sent += 1
      return http.createResponse({ status: 503, text: 'busy' })
    },
    defaults: { retry: { attempts: 10, delay: 0, budget } },
  })
  const calls = Array.from({ length: 1000 }, () => client.get('/').text())
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect([sent, budget.tokens]).toEqual([1100, 0])
})
