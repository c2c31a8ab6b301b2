/* What every test server answers: documents, echoes, redirects, and bodies of any size, speed, framing and coding. */

import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

import { clock, option } from '@net/core/authoring'

import type { Coding } from '../middleware/codings.ts'
import { readForm } from './form.ts'
import type { Reply, Route } from './route.ts'
import type { SeenRequest } from './seen-request.ts'
import { acceptWebSocket } from './web-socket.ts'

const TEXT = { 'content-type': 'text/plain' }
const BINARY = { 'content-type': 'application/octet-stream' }

/**
 * The routes that are always there: `/json`, `/echo`, `/hash` (of the body), `/form` (its fields), `/status/404`, `/redirect/302?to=/json`,
 * `/bytes/1000`, `/ranges/1000` (as `bytes`, also in parts), `/chunks/1000?size=100`, `/trailers`, `/interim/103`, `/drip`
 * (one byte a second), `/gzip/1000000` (a million zeros, compressed), `/coded/br?size=1000` (in any coding), `/upgrade`
 * (a protocol that gives back what it is sent), and `/websocket` (which does so with messages).
 */
export const standardRoutes: Readonly<Record<string, Route>> = {
  '/json': { json: { id: 1, title: 'Hello', tags: ['a', 'b'] } },
  '/echo': async (request, exchange) => {
    const body = Buffer.from(await exchange.bytes()).toString('utf8')
    const { method, path, headers } = request
    return { json: { method, path, query: [...request.query], headers, body } }
  },
  '/hash': async (_request, { content }) => {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of content) {
      hash.update(chunk)
      size += chunk.length
    }
    return { json: { sha256: hash.digest('hex'), size } }
  },
  '/form': readForm,
  '/status/*': (request) =>
    withStatus(request, (status) => ({ status, headers: TEXT, body: `this is ${status}\n` })),
  '/redirect/*': (request) =>
    withStatus(request, (status) => ({
      status,
      headers: { location: request.query.get('to') ?? '/json' },
    })),
  '/bytes/*': (request) => ({
    headers: { ...BINARY, 'content-length': numberOf(request) },
    body: blocks(BLOCK, numberOf(request)),
  }),
  '/ranges/*': (request) => ({
    headers: { ...BINARY, etag: `"${numberOf(request)}"` },
    body: Buffer.alloc(numberOf(request), 'net '),
    ranges: true,
  }),
  '/chunks/*': (request) => ({
    headers: BINARY,
    framing: 'chunked',
    chunkSize: Math.max(1, Number(request.query.get('size') ?? 100)),
    body: blocks(BLOCK, numberOf(request)),
  }),
  '/trailers': {
    headers: { ...TEXT, trailer: 'x-end' },
    body: 'then trailers\n',
    trailers: { 'x-end': 'here' },
  },
  '/interim/*': (request) =>
    option.between(100, 199).fits(numberOf(request))
      ? {
          interim: [{ status: numberOf(request), headers: { link: '</style.css>; rel=preload' } }],
          body: 'after it\n',
        }
      : refusal('an interim status is from 100 to 199'),
  '/drip': (_request, { signal }) => ({
    headers: { ...TEXT, 'content-length': 1_000_000 },
    body: drops(signal),
  }),
  '/gzip/*': (request) => {
    // Members of gzip may follow each other (RFC 1952 section 2.2).
    const members = Math.ceil(numberOf(request) / MEBIBYTE)
    return {
      headers: { ...BINARY, 'content-encoding': 'gzip' },
      body: blocks(COMPRESSED_MEBIBYTE, members * COMPRESSED_MEBIBYTE.length),
    }
  },
  '/coded/*': (request) => {
    const coding = request.path.slice('/coded/'.length)
    if (!CODINGS.fits(coding)) return refusal('the codings are gzip, deflate, br and zstd')
    const size = Number(request.query.get('size') ?? 1000)
    return { headers: BINARY, coding: coding as Coding, body: Buffer.alloc(size, 'net ') }
  },
  '/websocket': (request) =>
    acceptWebSocket(
      request,
      async (socket) => {
        for await (const message of socket) await socket.send(message)
      },
      { protocols: ['echo'], compress: true },
    ),
  '/upgrade': ({ headers }) => {
    if (headers.upgrade !== 'echo')
      return { status: 426, headers: { upgrade: 'echo', connection: 'upgrade' } }
    return {
      status: 101,
      headers: { upgrade: 'echo', connection: 'upgrade' },
      connection: async (connection) => {
        for await (const chunk of connection) await connection.write(chunk)
      },
    }
  },
}

function withStatus(request: SeenRequest, reply: (status: number) => Reply): Reply {
  const status = numberOf(request)
  return option.between(200, 999).fits(status)
    ? reply(status)
    : refusal('a status is from 200 to 999')
}

function refusal(why: string): Reply {
  return { status: 400, headers: TEXT, body: `${why}\n` }
}

function numberOf({ path }: SeenRequest): number {
  return Number(path.slice(path.lastIndexOf('/') + 1))
}

function* blocks(block: Buffer, length: number): Generator<Uint8Array> {
  for (let sent = 0; sent < length; sent += block.length) yield block.subarray(0, length - sent)
}

async function* drops(signal: AbortSignal): AsyncGenerator<string> {
  while (!signal.aborted) {
    yield '.'
    await new Promise<unknown>((resolve) => {
      const timer = clock().after(1000, () => resolve(signal))
      signal.addEventListener('abort', () => resolve(timer.clear()), { once: true })
    })
  }
}

const MEBIBYTE = 1_048_576
const BLOCK = Buffer.alloc(65_536, 'net ')
const COMPRESSED_MEBIBYTE = gzipSync(Buffer.alloc(MEBIBYTE))
const CODINGS = option.oneOf('gzip', 'deflate', 'br', 'zstd')
