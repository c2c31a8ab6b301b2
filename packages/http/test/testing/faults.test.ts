import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

const once = { retry: false } as const

test.each([
  ['drop', 'NET_CONN_CLOSED'],
  ['reset', 'NET_CONN_RESET'],
  ['half-close', 'NET_CONN_CLOSED'],
  ['garbage', 'NET_PROTO_MALFORMED'],
] as const)('%s instead of an answer is %s', async (action, code) => {
  await using server = await startHttpServer()
  server.fail({ do: action })
  await expect(http.get(`${server.url}/json`, once)).rejects.toMatchObject({ code })
  expect(await http.get(`${server.url}/json`).json()).toMatchObject({ id: 1 })
})

test.each(['drop', 'reset', 'half-close'] as const)(
  '%s after some bytes is a body cut short',
  async (action) => {
    await using server = await startHttpServer()
    server.fail({ do: action, after: 2000 })
    const error: unknown = await http
      .get(`${server.url}/bytes/100000`, once)
      .bytes()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', expected: 100_000 })
    expect((error as { received: number }).received).toBeGreaterThan(1000)
    expect((error as { received: number }).received).toBeLessThan(2000)
  },
)

test('garbage after some bytes breaks a chunked body', async () => {
  await using server = await startHttpServer({
    routes: { '/chunks': { body: 'x'.repeat(1000), framing: 'chunked' } },
  })
  server.fail({ do: 'garbage', after: 0, on: '/chunks' })
  await expect(http.get(`${server.url}/chunks`, once).bytes()).rejects.toMatchObject({
    code: 'NET_PROTO_MALFORMED',
  })
})

test('a stall is silence', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  server.fail({ do: 'stall' })
  const failed = http.get(`${server.url}/json`, once).catch((error: unknown) => error)
  await clock.until(() => server.received.length === 1)
  await clock.advance(60_000)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_REPLY' })
})

test('a delay comes before the answer', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  server.fail({ do: { delay: 5000 } })
  const answer = http.get(`${server.url}/json`).json()
  await clock.until(() => server.received.length === 1)
  let done = false
  void answer.then(() => (done = true))
  await clock.advance(4999)
  expect(done).toBe(false)
  await clock.advance(1)
  expect(await answer).toMatchObject({ id: 1 })
})

test('another answer, for the requests that are meant, so many times', async () => {
  await using server = await startHttpServer()
  server.fail({
    on: 'GET /json',
    times: 2,
    do: { reply: { status: 418, headers: { 'x-pot': 'tea' }, body: 'short' } },
  })
  server.fail({ on: /^POST/, do: { reply: {} } })
  expect(await http.get(`${server.url}/bytes/3`).text()).toBe('net')
  expect(await http.post(`${server.url}/json`).text()).toBe('')
  for (let time = 0; time < 2; time++) {
    await expect(http.get(`${server.url}/json`)).rejects.toMatchObject({
      status: 418,
      reply: { text: 'short' },
    })
  }
  expect(await http.get(`${server.url}/json`).json()).toMatchObject({ id: 1 })
})

test.each<[unknown, string]>([
  [
    { do: 'explode' },
    "do must be { reply }, { delay }, 'drop', 'reset', 'stall', 'half-close' or 'garbage'",
  ],
  [{ do: {} }, 'do must be { reply }, { delay }, '],
  [{ do: { reply: {}, delay: 5 } }, 'do has no delay; the options are reply'],
  [{ do: { reply: { code: 500 } } }, 'do.reply has no code; the options are status, headers, body'],
  [{ do: { reply: { status: 1000 } } }, 'do.reply.status must be a whole number from 100 to 999'],
  [{ do: { delay: '5s' } }, 'do.delay must be a number of milliseconds'],
  [{ on: 5, do: 'drop' }, 'on must be a string or a pattern, not a number'],
  [{ times: 0, do: 'drop' }, 'times must be a whole number above 0'],
  [{ path: '/x', do: 'drop' }, 'the options have no path; the options are on, after, times, do'],
  [{}, 'do is missing'],
])('the fault %j is refused when it is set', async (fault, message) => {
  await using server = await startHttpServer()
  expect(() => server.fail(fault as never)).toThrow(`http fail: ${message}`)
})

test('a server with options that do not exist is not started', async () => {
  await expect(startHttpServer({ port: 80 } as never)).rejects.toThrow(
    'http startHttpServer: the options have no port; the options are routes, files, tls, http2, limits',
  )
})
