/* What can go wrong with an answer, done on purpose. Works on the socket below Node's server. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import { clock, option, optionsObject } from '@net/core/authoring'
import { actionWith, FaultRules, isFor, type FaultWord } from '@net/socket/testing'

/** An answer in place of the route's. */
export interface CannedReply {
  /** Default 200. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly body?: string | Uint8Array | undefined
}

/**
 * What happens: another answer, a delay in milliseconds, the connection closed (`drop`), reset, left open without a
 * word more (`stall`), closed in our direction only (`half-close`), or nonsense on it (`garbage`).
 */
export type HttpFaultAction =
  | { readonly reply: CannedReply }
  | { readonly delay: number }
  | FaultWord

/** A fault of a test server. */
export interface HttpFault {
  /** Which requests: a path, a method and path such as `GET /json`, or a pattern for the latter. Default any. */
  readonly on?: string | RegExp | undefined
  /** After how many bytes of the answer, head included. Default 0: instead of an answer. */
  readonly after?: number | undefined
  /** How many requests it befalls. Default 1. */
  readonly times?: number | undefined
  readonly do: HttpFaultAction
}

/** The faults of a server that are still to happen. */
export class HttpFaults {
  readonly #rules = new FaultRules<HttpFault>({
    protocol: 'http',
    actions: [
      actionWith<{ readonly reply: CannedReply }>('reply', {
        reply: optionsObject<CannedReply>({
          status: option.between(100, 999),
          headers: option.record(option.oneOrMore(option.text)),
          body: option.either<string | Uint8Array>([option.text, option.binary]),
        }),
      }),
    ],
  })

  /** Arms a fault. Throws `NET_BAD_OPTION`. */
  add(given: HttpFault): void {
    this.#rules.add(given)
  }

  /** The fault for this request; it is used up by it. */
  at(method: string, path: string): HttpFault | undefined {
    const line = `${method} ${path}`
    return this.#rules.take((fault) => {
      // A path is the whole path: `/a` is not `/ab`.
      if (typeof fault.on === 'string') return fault.on === path || fault.on === line
      return isFor(fault, line)
    })
  }

  /** Reports those that never happened. */
  end(): void {
    this.#rules.end()
  }
}

/** Does it, or arms it to happen later; resolves to whether the route still has to answer. */
export async function applyFault(
  fault: HttpFault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const action = fault.do
  const { socket } = request
  if (typeof action === 'string') {
    const after = fault.after ?? 0
    if (after > 0) cutAfter(socket, after, action)
    else strike(socket, action)
    return after > 0
  }
  if ('delay' in action) {
    await new Promise<void>((resolve) => {
      clock().after(action.delay, resolve)
    })
    return !socket.destroyed
  }
  const { status = 200, headers = {}, body = '' } = action.reply
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.writeHead(status).end(body)
  return false
}

function strike(socket: Socket, action: Exclude<HttpFaultAction, object>): void {
  if (action === 'drop') socket.destroySoon()
  else if (action === 'reset') underTls(socket).resetAndDestroy()
  else if (action === 'half-close') socket.end()
  else if (action === 'garbage') socket.write(GARBAGE)
}

/** The TCP socket, also where TLS runs over it: only that one can be reset. */
function underTls(socket: Socket): Socket {
  const parent: unknown = Reflect.get(socket, '_parent')
  return parent instanceof Socket ? parent : socket
}

/** Lets so many bytes of the answer pass, then strikes. */
function cutAfter(socket: Socket, after: number, action: Exclude<HttpFaultAction, object>): void {
  let left = after
  const write = (chunk: Buffer): boolean => Socket.prototype.write.call(socket, chunk)
  Reflect.set(socket, 'write', (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    const encoding = typeof rest[0] === 'string' ? (rest[0] as BufferEncoding) : 'utf8'
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk)
    if (left > 0) write(bytes.subarray(0, left))
    const struck = left > 0 && bytes.length >= left
    left -= bytes.length
    // One write leaves as a whole: the fault comes after it.
    if (struck) setImmediate(() => strike(socket, action))
    const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined
    if (done !== undefined) process.nextTick(done)
    return true
  })
}

const GARBAGE = Buffer.from('\u0000\u0001 this is no HTTP \r\n\r\n')
