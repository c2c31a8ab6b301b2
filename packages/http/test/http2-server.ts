// A bare HTTP/2 server over TLS, whose streams each test answers as it likes.
import { once } from 'node:events'
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type SecureServerOptions,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'

import { createCertificates } from '@net/socket/testing'

const authority = createCertificates()
const certificate = authority.issue()

/** The options of TLS with which a client trusts it. */
export const trusted = { ca: authority.ca }

export interface Http2Server extends AsyncDisposable {
  readonly url: string
  /** The sessions that are open, the oldest first. */
  readonly sessions: readonly ServerHttp2Session[]
  /** How many sessions there have been. */
  readonly accepted: number
  /** Ends every connection below HTTP/2, without a goodbye. */
  cut(): void
}

export async function startHttp2Server(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  options: SecureServerOptions = {},
): Promise<Http2Server> {
  const server = createSecureServer({ ...certificate, ...options })
  const sessions: ServerHttp2Session[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)))
  })
  server.on('session', (session) => {
    accepted += 1
    sessions.push(session)
    session.on('error', () => {})
    session.once('close', () => sessions.splice(sessions.indexOf(session), 1))
  })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    // Node resets streams whose request nobody reads, sometimes before the answer was sent whole.
    stream.resume()
    answer(stream, headers)
  })
  server.on('sessionError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    get accepted() {
      return accepted
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const session of sessions.slice()) session.destroy()
      await closed
    },
  }
}

export interface Frame {
  /** As in RFC 9113 section 6. */
  readonly type: number
  readonly flags?: number
  readonly stream?: number
  readonly payload?: Uint8Array
}

/** Frame types and flags that tests use. */
export const DATA = 0
export const HEADERS = 1
export const RESET = 3
export const SETTINGS = 4
export const PING = 6
export const GOAWAY = 7
export const ACK = 1
export const END_STREAM = 1
export const END_HEADERS = 4
/** `:status: 200`, compressed. */
export const OK = Uint8Array.of(0x88)

/** A server that does with each frame what the test says, and nothing by itself. */
export async function startFrameServer(
  answer: (frame: Required<Frame>, send: (frame: Frame) => void, socket: TLSSocket) => void,
): Promise<AsyncDisposable & { readonly url: string; readonly connections: number }> {
  const server = createServer({ ...certificate, ALPNProtocols: ['h2'] })
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    let rest = Buffer.alloc(0)
    let preface = true
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      if (preface && rest.length < PREFACE) return
      if (preface) rest = rest.subarray(PREFACE)
      preface = false
      for (let size = sizeOf(rest); rest.length >= size; size = sizeOf(rest)) {
        const [type = 0, flags = 0] = rest.subarray(3)
        const payload = rest.subarray(HEAD, size)
        const stream = rest.readUInt32BE(5)
        rest = rest.subarray(size)
        answer({ type, flags, stream, payload }, (frame) => socket.write(bytesOf(frame)), socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return sockets.size
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function sizeOf(bytes: Buffer): number {
  return bytes.length < HEAD ? Infinity : HEAD + bytes.readUIntBE(0, 3)
}

function bytesOf({ type, flags = 0, stream = 0, payload = new Uint8Array() }: Frame): Buffer {
  const head = Buffer.alloc(HEAD)
  head.writeUIntBE(payload.length, 0, 3)
  head.set([type, flags], 3)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const HEAD = 9
/** What a client says first (RFC 9113 section 3.4). */
const PREFACE = 24
