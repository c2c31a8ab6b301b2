import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { openSource, operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { respondJson, startHttpServer, type HttpTestServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { Upload } from '../src/upload.ts'
import { startRawServer, type RawServer } from './raw-server.ts'

const silent = (): Promise<RawServer> => startRawServer(() => {})

const hashing: Route = async (request, response, message) => {
  const hash = createHash('sha256')
  for await (const chunk of message as AsyncIterable<Buffer>) hash.update(chunk)
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  respondJson(response, { hash: hash.digest('hex'), length, coding })
}

const startHashing = (): Promise<HttpTestServer> =>
  startHttpServer({ routes: { '/hash': hashing } })
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

test('[HTTP-17] an upload tells its progress', async () => {
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

test('an upload that is stopped reads nothing more, and never looks whole', async () => {
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

test('a server that does not take our bytes is found out', async () => {
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

test('[H-HTTP-25] a body that fails is never whole for the server, and its error reaches the caller', async () => {
  await using server = await silent()
  await using client = http.createClient({ baseUrl: server.url })
  const broken = new Error('the disk is on fire')
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half')
    throw broken
  }
  await expect(client.post('/', { body })).rejects.toBe(broken)
  await expect.poll(() => server.open).toBe(0)
  expect(server.heard[0]!.toString()).toMatch(/half$/)
})

test.each([
  ['shorter', 'abc'],
  ['longer', 'abcdefgh'],
])(
  '[H-HTTP-25] a body that is %s than its length is never whole for the server',
  async (_name, text) => {
    await using server = await silent()
    await using client = http.createClient({ baseUrl: server.url })
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text)
    }
    const call = client.post('/', { body, headers: { 'content-length': '5' } })
    await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    await expect.poll(() => server.open).toBe(0)
    expect(server.heard[0]?.toString() ?? '').not.toMatch(/abcde/)
  },
)
