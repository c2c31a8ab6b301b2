/* What every test server answers: documents, echoes, redirects, bodies of any size and speed, and compressed ones. */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

import { clock, type Timer } from '@net/core/authoring'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** What has arrived so far, up to 1 MiB. */
  body: Uint8Array
  /** How many bytes of body have arrived so far. */
  size: number
}

/** Answers a request. The body of the request may still be on its way. */
export type Route = (
  request: SeenRequest,
  response: ServerResponse,
  message: IncomingMessage,
) => void | Promise<void>

/**
 * The routes that are always there: `/json`, `/echo`, `/status/404`, `/redirect/302?to=/json`, `/bytes/1000`, `/drip`
 * (one byte a second), and `/gzip/1000000` (a million zeros, compressed).
 */
export const standardRoutes: Readonly<Record<string, Route>> = {
  '/json': (_request, response) => {
    respondJson(response, { id: 1, title: 'Hello', tags: ['a', 'b'] })
  },
  '/echo': async (request, response, message) => {
    await whole(message)
    const { method, path, headers } = request
    const query = [...request.query]
    respondJson(response, {
      method,
      path,
      query,
      headers,
      body: Buffer.from(request.body).toString('utf8'),
    })
  },
  '/status/*': (request, response) => {
    const status = last(request)
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`this is ${status}\n`)
  },
  '/redirect/*': (request, response) => {
    response.writeHead(last(request), { location: request.query.get('to') ?? '/json' }).end()
  },
  '/bytes/*': async (request, response) => {
    const length = last(request)
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': length,
    })
    await send(response, BLOCK, length)
    response.end()
  },
  '/drip': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1_000_000 })
    response.flushHeaders()
    drip(response)
  },
  '/gzip/*': async (request, response) => {
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
    })
    // Members of gzip may follow each other (RFC 1952 section 2.2).
    await send(
      response,
      COMPRESSED_MEBIBYTE,
      Math.ceil(last(request) / MEBIBYTE) * COMPRESSED_MEBIBYTE.length,
    )
    response.end()
  },
}

/** Answers with JSON. */
export function respondJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function last(request: SeenRequest): number {
  return Number(request.path.slice(request.path.lastIndexOf('/') + 1))
}

async function whole(message: IncomingMessage): Promise<void> {
  if (message.readableEnded) return
  await new Promise((resolve) => {
    message.once('end', resolve)
    message.once('close', resolve)
  })
}

async function send(response: ServerResponse, block: Buffer, length: number): Promise<void> {
  for (let sent = 0; sent < length && !response.destroyed; sent += block.length) {
    if (!response.write(block.subarray(0, length - sent))) await room(response)
  }
}

function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

function drip(response: ServerResponse): void {
  let timer: Timer | undefined
  const drop = (): void => {
    response.write('.')
    timer = clock().after(1000, drop)
  }
  response.once('close', () => timer?.clear())
  drop()
}

const MEBIBYTE = 1_048_576
const BLOCK = Buffer.alloc(65_536, 'net ')
const COMPRESSED_MEBIBYTE = gzipSync(Buffer.alloc(MEBIBYTE))
