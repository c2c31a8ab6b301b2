/* What the test server says on the wire, byte by byte; the client is a bare connection. */

import { once } from 'node:events'

import { useFakeClock } from '@net/core/testing'
import { startHttpServer, type HttpServer, type HttpServerOptions } from '@net/http/testing'
import { connect, type Connection } from '@net/socket'
import { expect, test } from 'vitest'

interface Stage extends AsyncDisposable {
  readonly server: HttpServer
  readonly client: Connection
  /** What has come until the text. */
  until(text: string): Promise<string>
  /** What comes until the server ends, dates left out. */
  rest(): Promise<string>
}

async function stage(options: HttpServerOptions = {}): Promise<Stage> {
  const server = await startHttpServer(options)
  const client = await connect(server.url.replace('http', 'tcp'))
  const dateless = (bytes: Uint8Array | null): string =>
    Buffer.from(bytes ?? [])
      .toString('latin1')
      .replaceAll(/date: [^\r]*\r\n/g, '')
  return {
    server,
    client,
    until: async (text) => dateless(await client.readUntil(text)),
    rest: async () => dateless(await client.readAll()),
    async [Symbol.asyncDispose]() {
      await client.close({ grace: 0 })
      await server.close()
    },
  }
}

const get = (path: string, fields = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\n${fields}\r\n`
const LAST = 'connection: close\r\n'

test('a body by length, by chunks and by the end of the connection', async () => {
  const routes = {
    '/length': { body: 'abc' },
    '/chunks': { body: ['ab', 'c'] },
    '/close': { body: 'abc', framing: 'close' },
  } as const
  await using it = await stage({ routes })
  await it.client.write(get('/length') + get('/chunks') + get('/close'))
  expect(await it.rest()).toBe(
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc' +
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc',
  )
  expect(it.server.received.map(({ path }) => path)).toEqual(['/length', '/chunks', '/close'])
  expect(it.server.accepted).toBe(1)
})

test('interim responses, chunks of a size, and trailers', async () => {
  const reply = {
    interim: [{ status: 103, headers: { link: '</a.css>' } }, { status: 102 }],
    body: 'abcde',
    chunkSize: 3,
    trailers: { 'x-end': 'here' },
  }
  await using it = await stage({ routes: { '/': reply } })
  await it.client.write(get('/', LAST))
  expect(await it.rest()).toBe(
    'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n' +
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-end: here\r\n\r\n',
  )
})

test('raw bytes in place of a response', async () => {
  const raw = 'HTTP/1.1 200 Fine\r\ncontent-length: 1\r\n\r\nabc\xff'
  await using it = await stage({ routes: { '/': { raw } } })
  await it.client.write(get('/'))
  expect(await it.rest()).toBe(raw)
})

test('a client of HTTP/1.0 is told no more than it knows', async () => {
  const reply = { interim: [{ status: 103 }], body: ['ab', 'c'], trailers: { a: '1' } }
  await using it = await stage({ routes: { '/': reply } })
  await it.client.write('GET / HTTP/1.0\r\n\r\n')
  expect(await it.rest()).toBe('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc')
})

test('the body waits for 100 (Continue), which is sent when a route reads', async () => {
  await using it = await stage({ routes: { '/refused': { status: 413, body: 'no' } } })
  const expecting = 'host: a\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n'
  await it.client.write(`POST /echo HTTP/1.1\r\n${expecting}`)
  expect(await it.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  await it.client.write('abc')
  await it.until('"body":"abc"}')
  await it.client.write(`POST /refused HTTP/1.1\r\n${expecting}`)
  expect(await it.until('no')).toContain('HTTP/1.1 413 ')
})

test('a route reads the body while it arrives, and its trailers are seen', async () => {
  const seen: string[] = []
  const echo = {
    '/': (_: unknown, { content }: { content: AsyncIterable<Uint8Array> }) => ({ body: content }),
  }
  await using it = await stage({ routes: echo })
  const { client, server } = it
  await client.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
  await it.until('\r\n\r\n')
  for (const piece of ['one', 'two']) {
    await client.write(`3\r\n${piece}\r\n`)
    seen.push(await it.until(`${piece}\r\n`))
  }
  expect(server.received[0]).toMatchObject({ complete: false, size: 6 })
  await client.write('0\r\nx-end: 1\r\n\r\n')
  await it.until('0\r\n\r\n')
  expect(seen).toEqual(['3\r\none\r\n', '3\r\ntwo\r\n'])
  expect(server.received[0]).toMatchObject({ complete: true, trailers: ['x-end', '1'] })
})

test('a body that no route reads is read to its end before the next request', async () => {
  await using it = await stage()
  const body = 'x'.repeat(3_000_000)
  await it.client.write(`POST /json HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n`)
  expect(await it.until('"b"]}')).toContain('200 OK')
  await it.client.write(body)
  await it.client.write(get('/status/202', LAST))
  expect(await it.rest()).toContain('HTTP/1.1 202 Accepted')
  expect(it.server.received.map(({ size }) => size)).toEqual([3_000_000, 0])
})

test('an upgraded connection is the route’s, with what came behind the request', async () => {
  await using it = await stage()
  await it.client.write(`${get('/upgrade', 'connection: upgrade\r\nupgrade: echo\r\n')}first `)
  expect(await it.until('first ')).toBe(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\nfirst ',
  )
  await it.client.write('second')
  await it.client.end()
  expect(await it.rest()).toBe('second')
})

test('CONNECT gives a route the connection', async () => {
  const routes = {
    'CONNECT *': {
      connection: async (connection: Connection) => {
        await connection.write(`you said ${await connection.readLine()}`)
      },
    },
  }
  await using it = await stage({ routes })
  await it.client.write(
    'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\nhello\r\n',
  )
  expect(await it.rest()).toBe('HTTP/1.1 200 OK\r\n\r\nyou said hello')
})

test.each([
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  [
    'two lengths',
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n`,
    400,
  ],
  [
    'a length and chunks',
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
    400,
  ],
  ['a head above the limit', get(`/${'a'.repeat(200)}`), 431],
])(
  '[H-HTTP-35] a request with %s is refused, and none behind it is served',
  async (_name, text, status) => {
    await using it = await stage({ limits: { headBytes: 150 } })
    await it.client.write(text + get('/json'))
    const said = await it.rest()
    expect(said).toContain(`HTTP/1.1 ${status} `)
    expect(said).toContain('connection: close')
    expect(it.server.received).toHaveLength(0)
  },
)

test.each([
  ['a head', 'GET / HTTP/1.1\r\nhost', 2000, '408'],
  ['a body', 'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na', 3000, ''],
  ['the next request', '', 4000, ''],
])(
  '[H-HTTP-35] a client that never goes on with %s has its time',
  async (_name, text, limit, said) => {
    using clock = useFakeClock()
    await using it = await stage({ limits: { head: 2000, body: 3000, idle: 4000 } })
    await it.client.write(text)
    await clock.until(() => it.server.connections === 1)
    if (text.startsWith('POST')) await clock.until(() => it.server.received[0]?.size === 1)
    else await it.client.flush()
    const over = it.client.readAll().then(
      (bytes) => Buffer.from(bytes).toString(),
      () => '',
    )
    for (let passed = 0; passed <= limit; passed += 500) await clock.advance(500)
    await clock.until(() => it.server.connections === 0)
    expect(await over).toContain(said)
  },
)

test('[H-HTTP-35] connections beyond the limit are refused, those within it go on', async () => {
  await using it = await stage({ limits: { connections: 1 } })
  await it.client.write(get('/status/200'))
  await it.until('200\n')
  const other = connect(it.server.url.replace('http', 'tcp')).then((client) => client.readAll())
  await expect(other).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  await it.client.write(get('/status/202'))
  expect(await it.until('202\n')).toContain('202')
})

test('many requests that come together do not fill the memory while one is answered', async () => {
  const gate = Promise.withResolvers<void>()
  const slow = async (): Promise<{ body: string }> => {
    await gate.promise
    return { body: 'done' }
  }
  await using it = await stage({ routes: { '/slow': slow } })
  const many = 20_000
  const sent = it.client.write(get('/slow') + get('/status/204').repeat(many) + get('/json', LAST))
  const answers = it.rest()
  gate.resolve()
  expect((await answers).split('HTTP/1.1 204').length - 1).toBe(many)
  await sent
})

test('a client that leaves aborts the route', async () => {
  const gone = Promise.withResolvers<AbortSignal>()
  const routes = {
    '/wait': (_: unknown, { signal }: { signal: AbortSignal }) => {
      void once(signal, 'abort').then(() => gone.resolve(signal))
      return new Promise<never>(() => {})
    },
  }
  await using it = await stage({ routes })
  await it.client.write(get('/wait'))
  await expect.poll(() => it.server.received.length).toBe(1)
  it.client.abort()
  expect((await gone.promise).aborted).toBe(true)
  await expect.poll(() => it.server.connections).toBe(0)
})

test('a body that is no body of its length breaks the connection', async () => {
  const routes = { '/short': { headers: { 'content-length': 9 }, body: ['abc'] } }
  await using it = await stage({ routes })
  await it.client.write(get('/short'))
  await it.until('abc')
  await expect(it.client.readExactly(6)).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_(CONN_RESET|PROTO_INCOMPLETE)$/) as string,
  })
})

test('a fault at each byte of a response', async () => {
  const whole = 'HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 3\r\n\r\nabc'
  await using server = await startHttpServer({
    routes: { '/': { headers: { date: 'now' }, body: 'abc' } },
  })
  for (let after = 1; after <= whole.length; after++) {
    server.fail({ after, do: 'half-close' })
    await using client = await connect(server.url.replace('http', 'tcp'))
    await client.write(get('/'))
    expect(await client.readText()).toBe(whole.slice(0, after))
  }
})
