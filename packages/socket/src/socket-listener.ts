/*
 * A listening socket of the system, TCP or Unix, whose connections are taken one by one. It must not know what is
 * done with them.
 */

import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'

import { formatEndpoint, type Endpoint } from '@net/core'
import { own, stoppable, translate } from '@net/core/authoring'

import { roadOperation } from './dial-operation.ts'
import type { DialOptions, TransportListener } from './dialer.ts'
import { socketErrors } from './errors.ts'
import { applyKeepAlive, type KeepAliveOption } from './keep-alive.ts'
import { resetOf, socketInfo } from './socket-info.ts'
import { SocketTransport } from './socket-transport.ts'
import type { Transport } from './transport.ts'

/** Where to listen. */
export interface ListenSpec {
  readonly protocol: string
  readonly endpoint: Endpoint
  readonly at: ListenOptions
  /** Runs the call that begins to listen. */
  readonly around?: (listen: () => void) => void
}

/** Listens; one operation of its own, called `listen`. */
export function listenOn(
  spec: ListenSpec,
  options: DialOptions | undefined,
): Promise<TransportListener> {
  const { protocol, endpoint, at, around = (listen: () => void) => listen() } = spec
  const road = { protocol, operation: 'listen', endpoint, errors: socketErrors }
  return roadOperation(road, options, async (op) => {
    const server = createServer({
      allowHalfOpen: true,
      noDelay: own(options, 'noDelay') ?? true,
    })
    const listening = new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      around(() => {
        server.listen(at, () => {
          server.off('error', reject)
          resolve()
        })
      })
    })
    const leave = (): void => {
      // The late failure of a bind that was given up.
      server.on('error', () => {})
      server.close()
    }
    await stoppable(op, listening, leave).catch((error: unknown) => {
      leave()
      throw error
    })
    return new SocketListener(server, spec, own(options, 'keepAlive'))
  })
}

class SocketListener implements TransportListener {
  readonly address: Endpoint
  readonly #server: Server
  readonly #spec: ListenSpec
  readonly #keepAlive: KeepAliveOption | undefined
  readonly #queue: Transport[] = []
  #waiting: Waiting | undefined
  #failure: Error | undefined

  constructor(server: Server, spec: ListenSpec, keepAlive: KeepAliveOption | undefined) {
    this.#server = server
    this.#keepAlive = keepAlive
    this.#spec = spec
    this.address = addressOf(server, spec.endpoint)
    server.on('connection', (socket) => this.#connected(socket))
    server.on('error', (error) => this.#failed(error))
  }

  accept(): Promise<Transport | null> {
    const next = this.#queue.shift()
    if (next !== undefined) return Promise.resolve(next)
    const failure = this.#failure
    if (failure !== undefined) {
      this.#failure = undefined
      return Promise.reject(this.#described(failure))
    }
    if (!this.#server.listening) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    for (const transport of this.#queue.splice(0)) transport.abort()
    this.#waiting?.resolve(null)
    this.#waiting = undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #connected(socket: Socket): void {
    applyKeepAlive(socket, this.#keepAlive)
    const transport = new SocketTransport(socket, {
      info: socketInfo(socket, this.address),
      protocol: this.#spec.protocol,
      isPlain: true,
      reset: resetOf(socket),
    })
    if (this.#waiting === undefined) this.#queue.push(transport)
    else this.#waiting.resolve(transport)
    this.#waiting = undefined
  }

  #failed(error: Error): void {
    if (this.#waiting === undefined) this.#failure = error
    else this.#waiting.reject(this.#described(error))
    this.#waiting = undefined
  }

  #described(error: Error): Error {
    const endpoint = formatEndpoint(this.address)
    const { protocol } = this.#spec
    return translate(error, socketErrors, {
      protocol,
      operation: 'accept',
      target: endpoint,
      endpoint,
    })
  }
}

interface Waiting {
  readonly resolve: (transport: Transport | null) => void
  readonly reject: (error: Error) => void
}

function addressOf(server: Server, endpoint: Endpoint): Endpoint {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return endpoint
  return Object.freeze({ scheme: endpoint.scheme, host: bound.address, port: bound.port })
}
