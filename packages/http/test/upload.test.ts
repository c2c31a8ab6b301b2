import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { openSource, operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { tcpDialer } from '@net/socket'
import { createCertificates, faulty } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { Upload } from '../src/upload.ts'
import { startRawServer, type RawServer } from './raw-server.ts'

const certificates = createCertificates()
const trusted = { ca: certificates.ca }

const silent = (): Promise<RawServer> => startRawServer(() => {})

const hashing: Route = async ({ headers }, { content }) => {
  const hash = createHash('sha256')
  for await (const chunk of content) hash.update(chunk)
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  return { json: { hash: hash.digest('hex'), length, coding } }
}

const startHashing = (): Promise<HttpServer> => startHttpServer({ routes: { '/hash': hashing } })
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('[HTTP-16] a file is streamed with its length, an iterator in chunks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  try {
    const content = Buffer.alloc(3_000_000, 'abc')
    const path = join(folder, 'file.bin')
    writeFileSync(path, content)
    await using server = await startHashing()
    const url = `${server.url}/hash`
    expect(await http.post(url, { body: http.fromFile(path) }).json()).toEqual({
      hash: hashOf(content),
      length: '3000000',
    })
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000)
    }
    for (const body of [parts, Readable.from(parts())]) {
      expect(await http.put(url, { body }).json()).toEqual({
        hash: hashOf(content),
        coding: 'chunked',
      })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('[HTTP-17] an upload reports its progress', async () => {
  await using server = await startHashing()
  const body = new Blob([new Uint8Array(1_000_000)])
  const seen: http.RequestOptions[] = []
  let last: unknown
  await http
    .post(`${server.url}/hash`, {
      body,
      onProgress: (progress) => {
        seen.push({})
        last = progress
      },
    })
    .json()
  expect(last).toMatchObject({ transferred: 1_000_000, total: 1_000_000 })
  expect(seen.length).toBeGreaterThanOrEqual(1)
})

test('an empty source is an empty body', async () => {
  await using server = await startHashing()
  const empty = async function* (): AsyncGenerator<Uint8Array> {}
  const answer = await http.post(`${server.url}/hash`, { body: empty }).json()
  expect(answer).toMatchObject({ hash: hashOf(Buffer.alloc(0)) })
})

test('a stopped upload reads nothing more, and never looks complete', async () => {
  let returned = 0
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(10)
    } finally {
      returned += 1
    }
  }
  await operation({ protocol: 'http', operation: 'PUT', kind: 'transfer' }, {}, async (op) => {
    let begun = false
    const upload = new Upload(await openSource(source), op, () => (begun = true))
    expect(upload.size).toBeUndefined()
    expect(begun).toBe(false)
    expect(await upload.next()).toMatchObject({ done: false })
    expect(begun).toBe(true)
    await upload.stop()
    await upload.stop()
    expect(returned).toBe(1)
    await expect(upload.next()).rejects.toMatchObject({ code: 'NET_CLOSED' })
  })
})

test('what the source throws is kept', async () => {
  const broken = new Error('no more')
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1)
    throw broken
  }
  await operation({ protocol: 'http', operation: 'PUT', kind: 'transfer' }, {}, async (op) => {
    const upload = new Upload(await openSource(source), op, () => {})
    await upload.next()
    await expect(upload.next()).rejects.toBe(broken)
    expect(upload.failure).toBe(broken)
  })
})

test('a server that does not accept our bytes is a time-out', async () => {
  using clock = useFakeClock()
  const sockets: Socket[] = []
  await using server = await startRawServer((socket) => {
    socket.pause()
    sockets.push(socket)
  })
  await using client = http.createClient({ baseUrl: server.url })
  let made = 0
  const block = new Uint8Array(65_536)
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      made += 1
      yield block
    }
  }
  const failed = client.put('/', { body, retry: false }).catch((error: unknown) => error)
  await clock.until(() => sockets.length === 1)
  // Until the buffers of both systems are full.
  for (let quiet = 0; quiet < 50; quiet++) {
    const before = made
    await turn()
    if (made !== before) quiet = 0
  }
  await clock.advance(60_000)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_WRITE', phase: 'send', limit: 60_000 })
})

for (const size of [100, 4096, 20_000, 100_000]) {
  for (const road of ['a socket', 'a road without a socket', 'HTTP/2']) {
    test(`a generator with one buffer of ${size} bytes uploads what was meant over ${road}`, async () => {
      await using server = await startBusyServer(road === 'HTTP/2')
      const client = http.createClient({
        baseUrl: server.url,
        tls: trusted,
        http2: road === 'HTTP/2',
        ...(road === 'a road without a socket' && { dialer: faulty(tcpDialer(), []) }),
      })
      const times = Math.ceil(8_000_000 / Math.max(size, 4096))
      let made = 0
      const body = async function* (): AsyncGenerator<Uint8Array> {
        const buffer = Buffer.alloc(size)
        for (; made < times; made++) yield numbered(buffer, made)
      }
      const answer = client.put('/', { body }).text()
      await until(() => server.busy)
      await still(() => made)
      const got = await server.read()
      await answer
      const frames = Array.from({ length: times }, (_, at) => numbered(Buffer.alloc(size), at))
      expect(got.equals(Buffer.concat(frames))).toBe(true)
      await client.close()
    })
  }
}

test.each([
  ['bytes', () => new Uint8Array(32_000_000)],
  ['text', () => http.fromText('x'.repeat(32_000_000))],
  [
    'a chunk',
    () =>
      async function* () {
        yield new Uint8Array(32_000_000)
      },
  ],
] as const)(
  'a body (%s) that leaves slowly is no standstill, and the wait for the answer has not begun',
  async (_name, body) => {
    using clock = useFakeClock()
    await using server = await startBusyServer(false)
    const seen: number[] = []
    const answer = http
      .put(server.url, {
        body: body(),
        retry: false,
        onProgress: ({ transferred }) => seen.push(transferred),
      })
      .text()
    await clock.until(() => server.busy)
    await still(() => server.taken)
    while (!server.ended) {
      // What the kernels hold at the end is read within the limit of 60 s.
      await clock.advance(15_000)
      await server.readSome()
    }
    expect(await answer).toBe('')
    expect(clock.now()).toBeGreaterThan(100_000)
    expect(seen.length).toBeGreaterThan(5)
    expect(seen.at(-1)).toBe(32_000_000)
  },
)

test('an upload gives pieces of at most 64 KiB', async () => {
  await operation({ protocol: 'http', operation: 'PUT', kind: 'transfer' }, {}, async (op) => {
    const upload = new Upload(await openSource(new Uint8Array(200_000)), op, () => {})
    const sizes: number[] = []
    for await (const piece of upload) sizes.push(piece.length)
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3_392])
  })
})

test('[H-HTTP-26] an early answer stops the upload and is delivered', async () => {
  await using server = await startRawServer((socket, number) => {
    if (number === 1)
      socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nno\n')
  })
  await using client = http.createClient({ baseUrl: server.url })
  let made = 0
  let returned = false
  const body = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        made += 65_536
        yield new Uint8Array(65_536)
        await turn()
      }
    } finally {
      returned = true
    }
  }
  await expect(client.post('/', { body })).rejects.toMatchObject({
    status: 413,
    reply: { text: 'no\n' },
  })
  await expect.poll(() => returned).toBe(true)
  expect(made).toBeLessThan(100_000_000)
})

test('[H-HTTP-25] a body that fails is never complete for the server, and its error reaches the caller', async () => {
  await using server = await silent()
  await using client = http.createClient({ baseUrl: server.url })
  const broken = new Error('the disk is on fire')
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half')
    throw broken
  }
  await expect(client.post('/', { body })).rejects.toBe(broken)
  await expect.poll(() => server.heard.join()).toMatch(/half\r\n$/)
  await expect.poll(() => server.open).toBe(0)
  expect(server.heard[0]!.toString()).toMatch(/half\r\n$/)
})

test.each([
  ['shorter', '5', ['abc']],
  ['longer', '5', ['abcdefgh']],
  ['longer by its last piece', '5', ['abc', 'de', 'f']],
  ['something rather than nothing', '0', ['', 'a']],
])(
  '[H-HTTP-25] a body that is %s, measured by its length, is never complete for the server',
  async (_name, length, pieces) => {
    await using server = await silent()
    await using client = http.createClient({ baseUrl: server.url })
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) yield Buffer.from(piece)
    }
    const call = client.post('/', { body, headers: { 'content-length': length } })
    await expect(call).rejects.toMatchObject({ code: 'NET_SIZE_MISMATCH' })
    await expect.poll(() => server.open).toBe(0)
    const heard = server.heard[0]?.toString() ?? ''
    expect(heard).not.toMatch(/abcde/)
    if (length === '0') expect(heard).toBe('')
  },
)

test('a body of the length that was told arrives whole, though its source has one buffer', async () => {
  await using server = await startHttpServer()
  const buffer = Buffer.alloc(100_000)
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < 3; piece++) yield buffer.fill(`${piece}`)
    buffer.fill('x')
  }
  const headers = { 'content-length': '300000' }
  const { body: echoed } = await http
    .put(`${server.url}/echo`, { body, headers })
    .json<{ body: string }>()
  const wanted = ['0', '1', '2'].map((piece) => piece.repeat(100_000)).join('')
  expect(echoed === wanted).toBe(true)
  const empty = { body: async function* () {}, headers: { 'content-length': '0' } }
  expect(await http.put(`${server.url}/echo`, empty).json()).toMatchObject({ body: '' })
})

function numbered(buffer: Buffer, number: number): Buffer {
  buffer.fill(number & 0xff).writeUInt32BE(number)
  return buffer
}

async function until(there: () => boolean): Promise<void> {
  while (!there()) await turn()
}

/** Waits until the count has not changed for many turns: the buffers of both systems are full. */
async function still(count: () => number): Promise<void> {
  for (let quiet = 0, before = count(); quiet < 50; quiet++) {
    await turn()
    if (count() !== before) quiet = 0
    before = count()
  }
}

/** A server that answers a request once it has read the body, and reads it only when told to. */
async function startBusyServer(http2: boolean) {
  const chunks: Buffer[] = []
  let message: Readable | undefined
  let taken = 0
  let ended = false
  const serve = (request: Readable, response: { end(): void }): void => {
    message = request
    request.pause()
    request.on('data', (chunk: Buffer) => {
      taken += chunk.length
      chunks.push(chunk)
    })
    request.once('end', () => {
      ended = true
      response.end()
    })
    request.pause()
  }
  const server = http2
    ? createSecureServer(certificates.issue(), serve)
    : createServer({ highWaterMark: 65_536 }, serve)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${http2 ? 'https' : 'http'}://127.0.0.1:${port}`,
    get busy() {
      return message !== undefined
    },
    get taken() {
      return taken
    },
    get ended() {
      return ended
    },
    async read(): Promise<Buffer> {
      message?.resume()
      await until(() => ended)
      return Buffer.concat(chunks)
    },
    /** Takes some megabytes. */
    async readSome(): Promise<void> {
      const before = taken
      message?.resume()
      await until(() => ended || taken - before > 2_500_000)
      message?.pause()
      await still(() => taken)
    },
    async [Symbol.asyncDispose]() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    },
  }
}
