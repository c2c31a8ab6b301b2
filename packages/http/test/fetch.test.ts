import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

/** Headers of another realm. */
class OtherHeaders {
  *[Symbol.iterator](): Generator<[string, string]> {
    yield ['x-a', '2']
  }
}

test.each<[string, RequestInit, object]>([
  ['nothing', {}, { method: 'GET', body: '' }],
  ['a method in small letters', { method: 'post', body: 'x' }, { method: 'POST', body: 'x' }],
  ['headers as pairs', { headers: [['x-a', '1']] }, { headers: { 'x-a': '1' } }],
  ['headers as an object', { headers: { 'X-A': '1' } }, { headers: { 'x-a': '1' } }],
  ['headers of a class', { headers: new Headers({ 'x-a': '1' }) }, { headers: { 'x-a': '1' } }],
  [
    'members of others, and undefined ones',
    {
      ...({ agent: 1, dispatcher: {}, next: {}, cf: {}, timeout: 5, duplex: 'half' } as object),
      body: undefined,
      signal: undefined,
      credentials: undefined,
      keepalive: true,
    } as unknown as RequestInit,
    { method: 'GET', body: '' },
  ],
])('%s', async (_, init, echo) => {
  await using server = await startHttpServer()
  await using client = http.createClient()
  const response = await client.fetch(`${server.url}/echo`, init)
  expect(await response.json()).toMatchObject(echo)
})

test('a Request, a URL, and a Request of another library', async () => {
  await using server = await startHttpServer()
  const { fetch } = http.createClient({ baseUrl: server.url })
  const request = new Request(`${server.url}/echo`, {
    method: 'PUT',
    body: 'text',
    headers: { 'x-a': '1' },
  })
  expect(await (await fetch(request)).json()).toMatchObject({
    method: 'PUT',
    body: 'text',
    headers: { 'x-a': '1', 'content-length': '4', 'content-type': 'text/plain;charset=UTF-8' },
  })
  const overridden = await fetch(new Request(`${server.url}/echo`), { method: 'DELETE' })
  expect(await overridden.json()).toMatchObject({ method: 'DELETE' })
  const alike = { url: `${server.url}/echo`, method: 'GET', headers: new OtherHeaders() }
  expect(await (await fetch(alike as unknown as Request)).json()).toMatchObject({
    headers: { 'x-a': '2' },
  })
  expect((await fetch(new URL('/json', server.url))).status).toBe(200)
  expect((await fetch('/json')).url).toBe(`${server.url}/json`)
})

test('what the client has wins only where the call has nothing; fields of the connection are left out', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    headers: { authorization: 'Bearer of-client', 'x-client': '1' },
  })
  const headers = { authorization: 'Bearer of-call', connection: 'keep-alive', 'x-b': '2' }
  const response = await client.fetch('/echo', { headers })
  const echo = (await response.json()) as { headers: Record<string, string> }
  expect(echo.headers).toMatchObject({
    authorization: 'Bearer of-call',
    'x-client': '1',
    'x-b': '2',
  })
})

test('nothing is repeated, and no status is an error', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  server.fail({ on: '/json', do: { reply: { status: 500, body: 'oh' } } })
  const response = await client.fetch('/json')
  expect([response.status, response.ok, await response.text()]).toEqual([500, false, 'oh'])
  expect(server.received).toHaveLength(1)
  // Over a connection of its own: a kept one that is closed may have been closed before.
  await using other = http.createClient({ baseUrl: server.url })
  server.fail({ on: '/json', do: 'drop' })
  await expect(other.fetch('/json')).rejects.toThrow(TypeError)
  expect(server.received).toHaveLength(2)
})

test('redirects are followed, given as they are, or an error', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const followed = await client.fetch('/redirect/302?to=/json')
  expect([followed.redirected, new URL(followed.url).pathname]).toEqual([true, '/json'])
  const manual = await client.fetch('/redirect/307?to=/json', { redirect: 'manual' })
  expect([manual.status, manual.headers.get('location')]).toEqual([307, '/json'])
  const error = client.fetch('/redirect/302', { redirect: 'error' })
  await expect(error).rejects.toThrow(TypeError)
  const stream = new Blob(['x'.repeat(100_000)]).stream()
  const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
  const again = client.fetch('/redirect/307?to=/echo', init)
  await expect(again).rejects.toMatchObject({ cause: { code: 'NET_BODY_NOT_REPLAYABLE' } })
})

test('an abort rejects with the reason itself, before, while waiting and while the body is read', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const reasons = [new Error('of mine'), 'a text', new DOMException('late', 'TimeoutError')]
  for (const reason of reasons) {
    const before = client.fetch('/json', { signal: AbortSignal.abort(reason) })
    expect(await before.catch((error: unknown) => error)).toBe(reason)
    const controller = new AbortController()
    const { signal } = controller
    const waiting = client.fetch('/drip', { signal })
    const response = await waiting
    const reading = response.text().catch((error: unknown) => error)
    controller.abort(reason)
    expect(await reading).toBe(reason)
  }
})

test('an abort lets go of the stream that is being sent', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const cancelled = Promise.withResolvers<unknown>()
  const body = new ReadableStream({
    start: (stream) => stream.enqueue(Buffer.from('a')),
    cancel: (reason) => cancelled.resolve(reason),
  })
  const controller = new AbortController()
  const init = { method: 'POST', body, duplex: 'half', signal: controller.signal } as const
  const call = client.fetch('/echo', init)
  await expect.poll(() => server.received.length).toBe(1)
  const reason = new Error('of mine')
  controller.abort(reason)
  expect(await call.catch((error: unknown) => error)).toBe(reason)
  await cancelled.promise
})

test('a stream that is never sent is let go', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const cancelled = Promise.withResolvers<unknown>()
  const body = new ReadableStream({ cancel: (reason) => cancelled.resolve(reason) })
  const controller = new AbortController()
  const init = { method: 'POST', body, duplex: 'half', signal: controller.signal } as const
  const call = client.fetch('/echo', init)
  const reason = new Error('of mine')
  controller.abort(reason)
  expect(await call.catch((error: unknown) => error)).toBe(reason)
  expect(await cancelled.promise).toBe(reason)
  expect(server.received).toEqual([])
})

test('another failure is a TypeError whose cause is the error of ours', async () => {
  await using client = http.createClient({
    handler: async () => {
      throw netError('NET_CONNECT_REFUSED', { message: 'refused' })
    },
  })
  const error: unknown = await client.fetch('http://a.example/').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toMatchObject({ cause: { code: 'NET_CONNECT_REFUSED' } })
  for (const [input, init] of [
    ['no url', {}],
    ['http://a.example/', { method: 'GET', body: 'x' }],
    ['http://a.example/', { headers: { 'x\n': 'y' } }],
  ] as const)
    await expect(client.fetch(input, init)).rejects.toThrow(TypeError)
})

test('only limits that the client was given hold', async () => {
  using clock = useFakeClock()
  const answer = Promise.withResolvers<void>()
  await using server = await startHttpServer({
    routes: {
      '/late': async () => {
        await answer.promise
        return { body: 'late' }
      },
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  const waiting = client.fetch('/late')
  await clock.until(() => server.received.length === 1)
  await clock.advance(600_000)
  answer.resolve()
  expect(await (await waiting).text()).toBe('late')
  await using limited = http.createClient({
    baseUrl: server.url,
    defaults: { timeout: { reply: 5000 } },
  })
  server.fail({ on: '/json', do: 'stall' })
  const late = limited.fetch('/json').catch((error: unknown) => error)
  await clock.until(() => server.received.length === 2)
  await clock.advance(6000)
  const error = await late
  expect(error).toMatchObject({ cause: { code: 'NET_TIMEOUT_REPLY' } })
  expect(String(error)).toContain('timeout.reply')
})

test.each([false, true])(
  'a stream lasts as long as it lasts, with a signal of the library: %s; a limit that the client was given ends it',
  async (hasSignal) => {
    using clock = useFakeClock()
    const rests: PromiseWithResolvers<void>[] = []
    await using server = await startHttpServer({
      routes: {
        '/stream': () => {
          const rest = Promise.withResolvers<void>()
          rests.push(rest)
          return {
            body: (async function* () {
              yield 'first '
              await rest.promise
              yield 'last'
            })(),
          }
        },
      },
    })
    const init = hasSignal ? { signal: new AbortController().signal } : {}
    await using client = http.createClient({ baseUrl: server.url })
    const text = (await client.fetch('/stream', init)).text()
    await clock.advance(86_400_000)
    rests[0]?.resolve()
    expect(await text).toBe('first last')
    for (const name of ['idle', 'total'] as const) {
      const defaults = { timeout: { [name]: 5000 } }
      await using limited = http.createClient({ baseUrl: server.url, defaults })
      const response = await limited.fetch('/stream', init)
      const late = response.text().catch((error: unknown) => error)
      await clock.advance(6000)
      const error = await late
      expect(error).toMatchObject({
        name: 'TypeError',
        cause: { code: `NET_TIMEOUT_${name.toUpperCase()}` },
      })
      expect(String(error)).toContain(`timeout.${name}`)
    }
  },
)

test('a body has no limit but that of the client and that on what unfolds, which says its option', async () => {
  const block = Buffer.alloc(1_048_576)
  await using server = await startHttpServer({
    routes: { '/long': { framing: 'chunked', body: Array.from({ length: 101 }, () => block) } },
  })
  await using client = http.createClient({ baseUrl: server.url })
  let size = 0
  for await (const chunk of (await client.fetch('/long')).body ?? []) size += chunk.length
  expect(size).toBe(101 * block.length)
  await using limited = http.createClient({ baseUrl: server.url, maxBytes: 1_000_000 })
  for (const [fetch, path, option] of [
    [limited.fetch, '/long', 'maxBytes'],
    [client.fetch, '/gzip/134217728', 'maxRatio'],
  ] as const) {
    const error: unknown = await (await fetch(path)).bytes().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'TypeError', cause: { code: 'NET_PROTO_LIMIT' } })
    expect(String(error)).toContain(option)
  }
})

test('a redirect that is not followed has set its cookies', async () => {
  await using server = await startHttpServer({
    routes: {
      '/login': {
        status: 302,
        headers: { location: '/who', 'set-cookie': 'session=of-ada; Path=/' },
      },
      '/who': ({ headers }) => ({ body: headers.cookie ?? 'none' }),
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  expect((await client.fetch('/login', { redirect: 'manual' })).status).toBe(302)
  expect(await (await client.fetch('/who')).text()).toBe('session=of-ada')
})

test('the length that the call says is the framing, and nothing passes for a whole body that has another', async () => {
  await using server = await startHttpServer()
  const { fetch } = http.createClient({ baseUrl: server.url })
  const put = (body: NonNullable<RequestInit['body']>, length: number): Promise<Response> =>
    fetch('/echo', {
      method: 'PUT',
      body,
      headers: { 'content-length': String(length) },
      ...({ duplex: 'half' } as object),
    })
  const stream = (): ReadableStream => new Blob(['12345']).stream()
  const right = await put(stream(), 5)
  expect(await right.json()).toMatchObject({
    body: '12345',
    headers: { 'content-length': '5' },
  })
  for (const wrong of [() => put(stream(), 4), () => put(stream(), 6), () => put('12345', 6)])
    expect(await wrong().catch((error: unknown) => error)).toMatchObject({
      name: 'TypeError',
      cause: { code: 'NET_SIZE_MISMATCH', retry: 'never' },
    })
  expect(server.received.filter(({ size, complete }) => complete && size !== 5)).toEqual([])
})

test('a request without a body says so where servers ask, and a signed host goes as it is', async () => {
  await using server = await startHttpServer()
  const { fetch } = http.createClient({ baseUrl: server.url })
  await fetch('/json', { method: 'POST' })
  expect(server.received[0]?.headers['content-length']).toBe('0')
  await fetch('/json', { headers: { host: 'bucket.example', 'x-amz-date': 'now' } })
  expect(server.received[1]?.headers).toMatchObject({ host: 'bucket.example', 'x-amz-date': 'now' })
})

test.each([0, 5, 1_048_576, 5_242_880])(
  'a Request alone, as the SDK of AWS makes it, with %i bytes arrives whole, in the framing that it says',
  async (size) => {
    await using server = await startHttpServer()
    await using client = http.createClient()
    const body = Buffer.alloc(size, 'x')
    const headers = { 'x-amz-date': 'now', authorization: 'AWS4-HMAC-SHA256 of-mine' }
    const told = { ...headers, 'content-length': String(size) }
    for (const fields of [headers, told]) {
      const init = { method: 'PUT', body, headers: fields, duplex: 'half', keepalive: true }
      const request = new Request(`${server.url}/echo?b=2&a=1`, init as RequestInit)
      await (await client.fetch(request)).arrayBuffer()
    }
    const isLong = size > 1_048_576
    for (const [at, seen] of server.received.entries()) {
      expect([seen.target, seen.size, seen.complete]).toEqual(['/echo?b=2&a=1', size, true])
      expect(seen.headers).toMatchObject(headers)
      const isChunked = isLong && at === 0
      expect(seen.headers['transfer-encoding']).toBe(isChunked ? 'chunked' : undefined)
      expect(seen.headers['content-length']).toBe(isChunked ? undefined : String(size))
    }
  },
)

test('an abort ends a call whose body does not come, and the body', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient()
  const abort = new AbortController()
  const pulled = Promise.withResolvers<void>()
  let cancelled = false
  const body = new ReadableStream({
    pull: () => pulled.resolve(),
    cancel: () => void (cancelled = true),
  })
  const { signal } = abort
  const init = { method: 'POST', body, duplex: 'half', signal } as RequestInit
  const call = client.fetch(new Request(`${server.url}/echo`, init))
  await pulled.promise
  const why = new Error('enough')
  abort.abort(why)
  await expect(call).rejects.toBe(why)
  expect(cancelled).toBe(true)
})
