// The server that proxies of others stand in front of: Node's own HTTP, which says what it was sent.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A running one. */
export interface Origin extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Such as `127.0.0.1:8080`. */
  readonly host: string
}

/** What `/large` and `/gzip` answer, and `/chunks` in pieces. */
export const LARGE = 'net '.repeat(250_000)

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

const answers: Readonly<Record<string, Answer>> = {
  '/large': (_request, response) => void response.end(LARGE),
  '/gzip': (_request, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(LARGE))
  },
  // Of unknown length.
  '/chunks': (_request, response) => {
    for (let at = 0; at < LARGE.length; at += 100_000) response.write(LARGE.slice(at, at + 100_000))
    response.end()
  },
  '/trailers': (_request, response) => {
    response.setHeader('trailer', 'x-end').write('then trailers')
    response.addTrailers({ 'x-end': 'here' })
    response.end()
  },
  '/part': ({ headers }, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/u.exec(headers.range ?? '') ?? []
    if (from === undefined || to === undefined) {
      response.end(LARGE)
      return
    }
    const part = LARGE.slice(Number(from), Number(to) + 1)
    response.setHeader('content-range', `bytes ${from}-${to}/${LARGE.length}`)
    response.writeHead(206, { 'content-length': part.length }).end(part)
  },
  '/empty': (_request, response) => void response.writeHead(204).end(),
  '/same': ({ headers }, response) => {
    response.setHeader('etag', '"1"')
    if (headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.end('the same')
  },
  // Three interim answers, without being asked.
  '/hints': (_request, response) => {
    response.writeContinue()
    response.writeProcessing()
    response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () =>
      response.end('after hints'),
    )
  },
  '/sum': async (request, response) => {
    const hash = createHash('sha256')
    let size = 0
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk)
        size += chunk.length
      }
    } catch (error) {
      // Who cuts an upload off waits for no answer, and sees it fail on his own side.
      response.destroy(error as Error)
      return
    }
    response.end(JSON.stringify({ size, sha256: hash.digest('hex') }))
  },
  // Before it has read anything. It reads all the same: a socket that Node closes with bytes unread is reset, and nginx answers
  // 502 where the reset overtakes the answer.
  '/refused': (request, response) => {
    response.writeHead(413, { 'content-length': 8 }).write('too much')
    request.resume().once('close', () => response.end())
  },
}

/** Starts one. */
export async function startOrigin(): Promise<Origin> {
  const server = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '/', 'http://origin').pathname]
    response.setHeader('content-type', 'text/plain')
    if (answer === undefined) response.writeHead(404).end('there is no such thing')
    else void answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
