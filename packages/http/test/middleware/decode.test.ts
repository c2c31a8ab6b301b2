import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'

import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { decoded, type DecodeCall } from '../../src/middleware/decode.ts'

const TEXT = 'hello, world! '.repeat(50)

function encoded(coding: string, body: Uint8Array): Route {
  return { headers: { 'content-encoding': coding }, body }
}

async function* unending(): AsyncGenerator<Uint8Array> {
  yield await new Promise<never>(() => {})
}

async function serving(coding: string, body: Uint8Array): Promise<HttpServer> {
  return startHttpServer({ routes: { '/it': encoded(coding, body) } })
}

const plain = Buffer.from(TEXT)

// Where Node takes a cut zstd body for a whole one, zstd is left alone.
const zstd = process.versions.node.startsWith('22.') ? [] : ['zstd']

test.each([
  ['gzip', gzipSync(plain)],
  ['x-gzip', gzipSync(plain)],
  ['GZIP', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  ['br', brotliCompressSync(plain)],
  ...zstd.map((coding): [string, Buffer] => [coding, zstdCompressSync(plain)]),
  ['identity', plain],
  ['gzip, br', brotliCompressSync(gzipSync(plain))],
  ['deflate, br, x-gzip', gzipSync(brotliCompressSync(deflateSync(plain)))],
])('[HTTP-24] %s is taken off', async (coding, body) => {
  await using server = await serving(coding, body)
  expect(await http.get(`${server.url}/it`).text()).toBe(TEXT)
  expect(server.received[0]!.headers['accept-encoding']).toBe(
    ['gzip', 'deflate', 'br', ...zstd].join(', '),
  )
})

test.each(['identity', 'gzip'])(
  'a body sent as %s is left at once while it waits',
  async (coding) => {
    const gone = Promise.withResolvers<void>()
    const route: Route = (_request, { signal }) => {
      signal.addEventListener('abort', () => gone.resolve())
      return { headers: { 'content-encoding': coding }, body: unending() }
    }
    await using server = await startHttpServer({ routes: { '/it': route } })
    for (const of of ['body', 'lines']) {
      const response = await http.get(`${server.url}/it`)
      const items = of === 'body' ? response.body : response.lines()
      const loop = items[Symbol.asyncIterator]()
      const waiting = loop.next()
      await loop.return?.()
      expect(await waiting).toEqual({ done: true, value: undefined })
      await gone.promise
    }
  },
)

const authority = createCertificates()

test.each(
  (['gzip', 'deflate', 'br', ...zstd] as ('gzip' | 'deflate' | 'br' | 'zstd')[]).flatMap(
    (coding) =>
      [
        [coding, false],
        [coding, true],
      ] as const,
  ),
)(
  'what a server has flushed in %s is there before it sends more (HTTP/2: %s)',
  async (coding, http2) => {
    const pieces = [10, 60_000, 1_000_000].map((size) => randomBytes(size))
    const read = pieces.map(() => Promise.withResolvers<void>())
    async function* events(): AsyncGenerator<Uint8Array> {
      for (const [at, piece] of pieces.entries()) {
        yield piece
        await read[at]?.promise
      }
    }
    await using server = await startHttpServer({
      routes: { '/it': () => ({ coding, body: events() }) },
      ...(http2 && { tls: authority.issue(), http2 }),
    })
    await using client = http.createClient({ http2, tls: { ca: authority.ca } })
    const response = await client.get(`${server.url}/it`)
    const loop = response.body[Symbol.asyncIterator]()
    for (const [at, piece] of pieces.entries()) {
      const got: Uint8Array[] = []
      for (let size = 0; size < piece.length;) {
        const { value } = await loop.next()
        if (value === undefined) break
        got.push(value)
        size += value.length
      }
      expect(Buffer.concat(got).equals(piece)).toBe(true)
      read[at]?.resolve()
    }
    expect((await loop.next()).done).toBe(true)
  },
)

test('several members of gzip follow each other', async () => {
  await using server = await serving('gzip', Buffer.concat([gzipSync(plain), gzipSync(plain)]))
  expect(await http.get(`${server.url}/it`).text()).toBe(TEXT + TEXT)
})

test('zeros that fill gzip up to a block are its end', async () => {
  const padded = Buffer.concat([gzipSync(plain), Buffer.alloc(70_000)])
  await using server = await serving('gzip', padded)
  expect(await http.get(`${server.url}/it`).text()).toBe(TEXT)
})

test.each(['gzip, aws-chunked', 'none, gzip', 'binary, gzip, identity'])(
  'names in a list that mean no coding are passed over: %s',
  async (coding) => {
    await using server = await serving(coding, gzipSync(plain))
    expect(await http.get(`${server.url}/it`).text()).toBe(TEXT)
  },
)

test.each([
  [['gzip', 'aws-chunked'], gzipSync(plain)],
  [['deflate', 'gzip'], gzipSync(deflateSync(plain))],
])('codings on lines of their own are one list: %j', async (lines, body) => {
  await using server = await startHttpServer({
    routes: { '/it': { headers: { 'content-encoding': lines }, body } },
  })
  expect(await http.get(`${server.url}/it`).text()).toBe(TEXT)
})

test('`decompress: false` leaves the body as it is', async () => {
  await using server = await serving('gzip', gzipSync(plain))
  const raw = await http.get(`${server.url}/it`, { decompress: false }).bytes()
  expect(Buffer.from(raw)).toEqual(gzipSync(plain))
})

test.each([
  ['of which one is unknown', 'gzip, aes128gcm', {}, 'aes128gcm'],
  ['that was not asked for', 'gzip', { 'accept-encoding': 'identity' }, 'gzip'],
])('a body in a coding %s is bytes, and no text', async (_which, coding, headers, named) => {
  await using server = await serving(coding, gzipSync(plain))
  await using api = http.createClient({ baseUrl: server.url, headers })
  const response = await api.get('/it')
  const refusal = {
    code: 'NET_PROTO_DECODE',
    retry: 'never',
    message: expect.stringContaining(`encoded as ${named}`),
  }
  await expect(response.text()).rejects.toMatchObject(refusal)
  await expect(response.json()).rejects.toMatchObject(refusal)
  await expect(Array.fromAsync(response.lines())).rejects.toMatchObject(refusal)
  expect(Buffer.from(await response.bytes())).toEqual(gzipSync(plain))
  await expect(api.get('/it').text()).rejects.toMatchObject(refusal)
  await expect(api.get('/it').json()).rejects.toMatchObject(refusal)
  await expect(Array.fromAsync(api.get('/it').lines())).rejects.toMatchObject(refusal)
})

test('a charset in the place of a coding is none', async () => {
  await using server = await serving('UTF-8', plain)
  expect(await http.get(`${server.url}/it`).text()).toBe(TEXT)
})

test('a file is saved as it is sent, and asked for without a coding', async () => {
  const archive = gzipSync(plain)
  await using server = await serving('gzip', archive)
  const saved = async (options: http.RequestOptions): Promise<Buffer> => {
    const sink = new PassThrough()
    await http.get(`${server.url}/it`, options).saveTo(sink)
    return sink.read() as Buffer
  }
  expect(await saved({})).toEqual(archive)
  expect(await saved({ decompress: true })).toEqual(plain)
  expect(server.received.map(({ headers }) => headers['accept-encoding'])).toEqual([
    'identity',
    ['gzip', 'deflate', 'br', ...zstd].join(', '),
  ])
})

test('an empty body is empty with every content coding', async () => {
  await using server = await serving('gzip', Buffer.alloc(0))
  expect(await http.get(`${server.url}/it`).text()).toBe('')
  expect(await http.head(`${server.url}/it`).text()).toBe('')
})

test.each([
  ['gzip', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['br', brotliCompressSync(plain)],
  ...zstd.map((coding): [string, Buffer] => [coding, zstdCompressSync(plain)]),
])(
  '[H-HTTP-04] %s that ends early, is corrupt, or has garbage behind it',
  async (coding, whole) => {
    const corrupt = Buffer.from(whole)
    for (let at = Math.floor(whole.length / 2); at < whole.length - 4; at++) corrupt[at]! ^= 0xff
    const broken = [
      whole.subarray(0, whole.length - 5),
      corrupt,
      Buffer.concat([whole, Buffer.from('garbage')]),
    ]
    for (const body of broken) {
      await using server = await serving(coding, body)
      const error: unknown = await http
        .get(`${server.url}/it`)
        .text()
        .catch((e: unknown) => e)
      expect(error).toMatchObject({ code: 'NET_PROTO_DECODE', phase: 'receive', operation: 'GET' })
    }
  },
)

test('[H-HTTP-06] more than three codings are refused', async () => {
  const codings = (count: number): string => Array(count).fill('gzip').join(', ')
  for (const count of [4, 7]) {
    await using server = await serving(codings(count), plain)
    await expect(http.get(`${server.url}/it`).bytes()).rejects.toMatchObject({
      code: 'NET_PROTO_LIMIT',
      limit: 3,
    })
  }
})

test('the ratio counts from 10 MiB on, and is for the caller to choose', async () => {
  const long = Buffer.alloc(10_485_760, 'a log of one line\n')
  await using server = await serving('gzip', gzipSync(long))
  expect(await http.get(`${server.url}/it`).bytes()).toHaveLength(long.length)
  const longer = Buffer.concat([long, Buffer.from('x')])
  await using beyond = await serving('gzip', gzipSync(longer))
  const url = `${beyond.url}/it`
  await expect(http.get(url).bytes()).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 100,
    message: expect.stringContaining('maxRatio'),
  })
  for (const maxRatio of [1100, Infinity])
    expect(await http.get(url, { maxRatio }).bytes()).toHaveLength(longer.length)
  await using strict = http.createClient({ maxRatio: 10 })
  await expect(strict.get(url).bytes()).rejects.toMatchObject({ limit: 10 })
})

/** The most memory that this process has had while the body was read. */
async function peakWhile(read: (sample: () => void) => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss
  let peak = before
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  const timer = setInterval(sample, 5)
  try {
    await read(sample)
  } finally {
    clearInterval(timer)
  }
  return peak - before
}

test('[H-HTTP-05][HTTP-28] a gzip body of 128 MiB stops at the limit with memory under 64 MB', async () => {
  await using server = await startHttpServer()
  const grown = await peakWhile(async () => {
    await expect(http.get(`${server.url}/gzip/134217728`).bytes()).rejects.toMatchObject({
      code: 'NET_PROTO_LIMIT',
      limit: 100,
    })
  })
  expect(grown).toBeLessThan(64 * 1_048_576)
  await expect.poll(() => server.connections).toBe(0)
})

const MEBIBYTE = Buffer.alloc(1_048_576)
const compressors = {
  gzip: gzipSync,
  // At its best it takes seconds for what is all zeros anyway.
  br: (bytes: Buffer) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: zstdCompressSync,
}

test.each(['gzip', 'br', ...zstd, 'gzip, gzip', 'gzip, br'])(
  '[H-HTTP-05] a body of 16 MiB that is much smaller in %s stops at the limit',
  async (codings) => {
    let body: Buffer = Buffer.concat(Array<Buffer>(16).fill(MEBIBYTE))
    for (const coding of codings.split(', ')) body = compressors[coding as 'gzip'](body)
    await using server = await serving(codings, body)
    const grown = await peakWhile(async () => {
      await expect(http.get(`${server.url}/it`).bytes()).rejects.toMatchObject({
        code: 'NET_PROTO_LIMIT',
        limit: 100,
      })
    })
    expect(grown).toBeLessThan(64 * 1_048_576)
  },
)

test('[H-HTTP-05] a compressed body of 128 MiB stops at 100 MiB, also where it is streamed', async () => {
  // A mebibyte of which a fiftieth is random: the limit on the ratio allows it.
  const block = Buffer.alloc(1_048_576)
  block.set(randomBytes(20_000))
  const member = gzipSync(block)
  expect(block.length / member.length).toBeLessThan(100)
  await using server = await startHttpServer({
    routes: {
      '/long': {
        headers: { 'content-encoding': 'gzip' },
        body: Array.from({ length: 128 }, () => member),
      },
    },
  })
  let length = 0
  const grown = await peakWhile(async () => {
    const response = await http.get(`${server.url}/long`)
    await expect(async () => {
      for await (const chunk of response.body) length += chunk.length
    }).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 104_857_600 })
  })
  expect(length).toBeLessThanOrEqual(104_857_600)
  expect(grown).toBeLessThan(64 * 1_048_576)
})

test('maxBytes holds for every body', async () => {
  await using server = await startHttpServer()
  const url = `${server.url}/bytes/100000`
  for (const read of [
    () => http.get(url, { maxBytes: 99_999 }).bytes(),
    async () => Array.fromAsync((await http.get(url, { maxBytes: 99_999 })).body),
  ]) {
    await expect(read()).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 99_999 })
  }
  expect(await http.get(url, { maxBytes: 100_000 }).bytes()).toHaveLength(100_000)
})

test('a body that is announced to be within maxBytes is not counted again', () => {
  const context = { protocol: 'http' }
  const limited = (maxBytes: number): DecodeCall => ({
    settings: { decompress: true, maxBytes, maxRatio: 100 },
    context,
  })
  const request = { headers: new http.HttpHeaders() }
  const five = http.createResponse({ text: 'hello' })
  expect(decoded(five, request, limited(5))).toBe(five)
  expect(decoded(five, request, limited(4))).not.toBe(five)
  const coded = http.createResponse({ text: 'hello', headers: { 'content-encoding': 'gzip' } })
  expect(decoded(coded, request, limited(5))).not.toBe(coded)
})
