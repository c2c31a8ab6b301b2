/*
 * HTTP/1.1 by undici, one of its clients for each connection. It gets a socket that is connected already, never
 * connects by itself, and its own time limits are off: ours hold. The only file that runs undici.
 */

import type { Duplex } from 'node:stream'

import { ConnectionLostError, isNetError } from '@net/core'
import { netError, SMALL_CHUNK, translate, written } from '@net/core/authoring'
import type { Client, Dispatcher } from 'undici'

import type { ConnectionEvents, HttpConnection, WireReceiver, WireRequest } from '../connection.ts'
import { HEAD_LIMIT, undiciErrors } from './undici-errors.ts'

/** Makes a connection of a socket. */
export type OpenConnection = (
  socket: Duplex,
  origin: string,
  events: ConnectionEvents,
) => HttpConnection

/** The engine, loaded at the first call. */
export async function loadEngine(): Promise<OpenConnection> {
  const { default: UndiciClient } = await import('undici/lib/dispatcher/client.js')
  return (socket, origin, events) => new UndiciConnection(UndiciClient, socket, { origin, events })
}

interface Surroundings {
  readonly origin: string
  readonly events: ConnectionEvents
}

class UndiciConnection implements HttpConnection {
  readonly protocol = 'http/1.1'
  exchanges = 0
  readonly #client: Client
  readonly #socket: Duplex
  readonly #events: ConnectionEvents
  readonly #host: string
  #exchange: Exchange | undefined
  #fruitless = 0

  constructor(UndiciClient: typeof Client, socket: Duplex, { origin, events }: Surroundings) {
    this.#socket = socket
    this.#events = events
    this.#host = origin
    let given = false
    this.#client = new UndiciClient(origin, {
      connect: (_options, callback) => {
        // One socket for each client: whether to connect again is decided above the engine.
        const answer: Parameters<typeof callback> = given
          ? [new ConnectionGone(), null]
          : [null, socket as Extract<Parameters<typeof callback>[1], Duplex>]
        given = true
        // A callback within the call would be overlooked.
        queueMicrotask(() => callback(...answer))
      },
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEAD_LIMIT,
      allowH2: false,
    })
    this.#client.on('disconnect', () => this.#gone())
    // Before undici hears it, for which a reset is the end of a body that only the end of the connection ends.
    socket.on('error', (error) => this.#exchange?.fail(error))
    socket.on('readable', () => this.#count())
    socket.once('close', () => this.#gone())
  }

  send(request: WireRequest, receiver: WireReceiver): void {
    this.exchanges += 1
    this.#fruitless = 0
    this.#exchange = new Exchange(this, receiver)
    const options = {
      method: request.method,
      path: request.target,
      headers: request.headers as string[],
      body: this.#paced(request.body) as Dispatcher.DispatchOptions['body'] & object,
      // By its header undici would take another Host for another TLS server, and connect anew.
      servername: this.#host,
    }
    this.#client.dispatch(options, this.#exchange)
  }

  pause(): void {
    this.#exchange?.controller?.pause()
  }

  resume(): void {
    this.#exchange?.controller?.resume()
  }

  destroy(): void {
    this.#exchange?.forget()
    this.#client.destroy(() => {})
    // undici has the socket only from the first request on.
    this.#socket.destroy()
  }

  #paced(body: WireRequest['body']): WireRequest['body'] {
    return body === undefined || body instanceof Uint8Array ? body : paced(body, this.#socket)
  }

  /** Bytes of the response arrived that caused progress. */
  fruitful(): void {
    this.#fruitless = 0
  }

  /** The response is complete; the engine decides afterwards whether the connection can be used again. */
  completed(): void {
    // A promise's turn, as one of queueMicrotask costs several times as much.
    void NOW.then(this.#freeIfFit)
  }

  readonly #freeIfFit = (): void => {
    if (this.#socket.destroyed || this.#client.destroyed) return
    this.#exchange = undefined
    this.#events.free(this)
  }

  /** Status lines, chunk extensions and the like have no limit in the parser; seen from outside they are bytes without result. */
  #count(): void {
    const exchange = this.#exchange
    if (exchange === undefined || exchange.controller?.paused === true) return
    if (this.#fruitless > HEAD_LIMIT) {
      const message = `the response has more than ${HEAD_LIMIT} bytes besides its body`
      exchange.fail(netError('NET_PROTO_LIMIT', { message, limit: HEAD_LIMIT }))
      return
    }
    this.#fruitless += this.#socket.readableLength
  }

  #left = false

  #gone(): void {
    if (this.#left) return
    this.#left = true
    if (!this.#client.destroyed) this.#client.destroy(() => {})
    this.#events.gone(this)
  }
}

/** undici asks for the next chunk while the last one may wait in the socket, unless that is full. */
async function* paced(
  body: AsyncIterable<Uint8Array>,
  socket: Duplex,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    yield chunk
    if (chunk.length > SMALL_CHUNK && socket.writableLength > 0) await written(socket, NOTHING)
  }
}

/** A loss as a transport without a socket reports it, without phase and call. */
function withoutPlace(error: unknown): unknown {
  if (!isNetError(error)) return error
  // The transport's own error for a TLS connection that ended without close_notify.
  if (error.code === 'NET_PROTO_INCOMPLETE')
    return netError('NET_CONN_CLOSED', { message: NO_CLOSE_NOTIFY, cause: error })
  if (!(error instanceof ConnectionLostError)) return error
  return netError(error.code, { message: 'the connection was lost', cause: error })
}

/** One exchange as undici reports it. */
class Exchange implements Dispatcher.DispatchHandler {
  controller: Dispatcher.DispatchController | undefined
  readonly #connection: UndiciConnection
  #receiver: WireReceiver | undefined
  #interim = 0

  constructor(connection: UndiciConnection, receiver: WireReceiver) {
    this.#connection = connection
    this.#receiver = receiver
  }

  /** The receiver hears nothing more. */
  forget(): void {
    this.#receiver = undefined
  }

  fail(error: unknown): void {
    const receiver = this.#receiver
    this.#connection.destroy()
    receiver?.failed(translate(withoutPlace(error), undiciErrors, {}))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    this.#receiver?.started()
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason?: string,
  ): void {
    if (status >= 200) {
      this.#connection.fruitful()
      this.#receiver?.head(status, reason ?? '', controller.rawHeaders as Buffer[])
      return
    }
    this.#interim += 1
    if (this.#interim <= MOST_INTERIM) return
    const message = `the server sent more than ${MOST_INTERIM} informational responses (1xx)`
    this.fail(netError('NET_PROTO_LIMIT', { message, limit: MOST_INTERIM }))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#connection.fruitful()
    this.#receiver?.data(chunk)
  }

  onResponseEnd(): void {
    const receiver = this.#receiver
    this.#receiver = undefined
    receiver?.end()
    this.#connection.completed()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }
}

class ConnectionGone extends Error {
  readonly code = 'UND_ERR_CLOSED'

  constructor() {
    super('the connection has ended')
  }
}

const NOW: Promise<void> = Promise.resolve()
const MOST_INTERIM = 16
const NOTHING: Uint8Array = new Uint8Array(0)
const NO_CLOSE_NOTIFY =
  'the server closed the connection without the close_notify of TLS; ' +
  'for a server that never sends it there is tls: { dangerouslyAllowTruncation: true }'
