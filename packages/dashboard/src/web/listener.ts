/*
 * The server of the page: loopback unless told otherwise, one door for every request, bounded in all that a visitor may
 * open or send. It never keeps the program alive.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { defineErrorTable, hasCode, isError, translate } from '@net/core/authoring'

import { answerText } from './answer.ts'
import type { Guard } from './guard.ts'
import { BodyRefusal } from './request-body.ts'
import { findRoute, type Route } from './routes.ts'

/** Where it listens, and what it serves. */
export interface ListenerOptions {
  readonly host: string
  /** 0 for any. One that is in use makes way for the next that is free, of twenty. */
  readonly port: number
  readonly guard: Guard
  readonly routes: readonly Route[]
}

/** A server that listens. */
export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** Starts it. Rejects with `NET_BIND_IN_USE`, `NET_BIND_DENIED` and the like. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const server = createServer(LIMITS, (request, response) => {
    void serve(request, response, options)
  })
  server.maxConnections = CONNECTIONS
  server.on('connection', (socket) => socket.unref())
  server.on('clientError', (_, socket) => socket.destroy())
  await listen(server, options)
  // A visitor who cannot be let in, as where the program has no descriptor left, must not end the program.
  server.on('error', () => {})
  server.unref()
  const { port } = server.address() as AddressInfo
  return { port, close: () => close(server) }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { guard, routes }: ListenerOptions,
): Promise<void> {
  // A visitor who goes away is no failure.
  response.on('error', () => {})
  const { pathname, searchParams: query } = addressOf(request)
  const found = findRoute(routes, request.method ?? 'GET', pathname)
  const refusal = guard(
    request.headers,
    query,
    typeof found === 'number' ? 'page' : found.route.access,
  )
  if (refusal !== undefined) return refuse(request, response, refusal.text, refusal.status)
  if (found === 404) return refuse(request, response, 'There is nothing here.\n', 404)
  if (found === 405) return refuse(request, response, 'This address takes no such method.\n', 405)
  const { route, parts } = found
  try {
    await route.run({ request, response, query, parts })
  } catch (error) {
    if (error instanceof BodyRefusal) {
      refuse(request, response, `${error.message}\n`, error.status)
    } else if (response.headersSent) response.destroy()
    else answerText(response, `${isError(error) ? error.message : String(error)}\n`, 500)
  }
}

/** Answers at once, and does not read a body that may never end. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
  status: number,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    response.setHeader('connection', 'close')
  answerText(response, text, status)
}

function addressOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://dashboard'
  return URL.canParse(url, base) ? new URL(url, base) : new URL('/not-an-address', base)
}

async function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  const last = port === 0 ? 0 : Math.min(port + TRIES - 1, 65_535)
  for (let at = port; ; at++) {
    try {
      return await listenOn(server, host, at)
    } catch (error) {
      const target = `${host}:${at}`
      const failure = translate(error, errors, { operation: 'attach', target })
      if (failure.code !== 'NET_BIND_IN_USE' || at >= last) throw failure
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

const errors = defineErrorTable([
  {
    when: hasCode('EADDRNOTAVAIL'),
    code: 'NET_BIND_DENIED',
    details: () => ({ message: 'this machine does not have the local address' }),
  },
])
const LIMITS = {
  // Cookies of every program on localhost come along, whatever their port: 20 kB and more.
  maxHeaderSize: 80 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
}
const CONNECTIONS = 128
const TRIES = 20
