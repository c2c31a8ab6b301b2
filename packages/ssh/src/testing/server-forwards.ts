/*
 * The tunnels of one connection of the embedded server: where they lead, where the server listens for the client, and that
 * all of it ends with the connection. Loopback and Unix sockets only.
 */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { isLoopback, parseEndpoint } from '@net/core'
import {
  fromSocket,
  overTransport,
  pipe,
  tcpDialer,
  unixDialer,
  type Connection,
  type Transport,
} from '@net/socket'

import type { ServedPlace, ListenRequest, TunnelRequest } from '../engine/ssh2-forwards-server.ts'
import type { ServerRoad } from '../engine/ssh2-server.ts'

/** Where something is, as faults and the record name it: `host:port`, or a path. */
export function placeName(place: ServedPlace): string {
  return 'path' in place ? place.path : `${place.host}:${place.port}`
}

/** What the tunnels of a connection need of it. */
export interface ForwardHost {
  /** Where a tunnel leads, as `host:port`; undefined if nowhere. */
  route(target: string): string | undefined
  /** The address that clients are told of, in place of the one that they asked for. */
  readonly forwardedAs: string | undefined
  road(): ServerRoad | undefined
}

/** The tunnels of one connection. */
export class ServerForwards {
  readonly #host: ForwardHost
  readonly #far = new Set<Connection>()
  readonly #listeners = new Map<string, Server>()
  #isOver = false

  constructor(host: ForwardHost) {
    this.#host = host
  }

  /** Leads a tunnel to where it belongs, or rejects it. */
  async open(request: TunnelRequest): Promise<void> {
    try {
      const transport = await this.#reach(request.place)
      const channel = transport === undefined ? undefined : request.accept()
      if (transport === undefined) request.reject()
      else if (channel === undefined) transport.abort()
      else await this.#join(channel, transport)
    } catch {
      request.reject()
    }
  }

  /** Listens for the client, or stops to. */
  async listen(request: ListenRequest): Promise<void> {
    const { place, isCancel } = request
    if (isCancel) {
      const listener = this.#listeners.get(placeName(place))
      this.#listeners.delete(placeName(place))
      listener?.close()
      if (listener === undefined) request.reject()
      else request.accept()
      return
    }
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      void this.#come(place, socket)
    })
    try {
      await listening(server, place)
      // The client may have left meanwhile.
      if (this.#isOver) return void server.close()
      const port = 'path' in place ? 0 : (server.address() as AddressInfo).port
      this.#listeners.set(placeName('path' in place ? place : { ...place, port }), server)
      request.accept(port)
    } catch {
      request.reject()
    }
  }

  /** The connection has ended. */
  end(): void {
    this.#isOver = true
    for (const listener of this.#listeners.values()) listener.close()
    // One that takes nothing would stay.
    for (const far of this.#far) far.abort()
  }

  #reach(place: ServedPlace): Promise<Transport | undefined> {
    if ('path' in place) {
      return unixDialer().dial({ scheme: 'unix', host: '', port: 0, path: place.path })
    }
    const route = this.#host.route(placeName(place))
    if (route === undefined) return Promise.resolve(undefined)
    return tcpDialer().dial(parseEndpoint(route, { schemes: ['tcp'] }).endpoint)
  }

  async #come(asked: ServedPlace, socket: Socket): Promise<void> {
    socket.on('error', () => {})
    const { localPort = 0, remoteAddress = '', remotePort = 0 } = socket
    const told =
      'path' in asked
        ? asked
        : {
            host: this.#host.forwardedAs ?? asked.host,
            port: asked.port === 0 ? localPort : asked.port,
          }
    const from = { host: remoteAddress, port: remotePort }
    const channel = await this.#host.road()?.openForwarded(told, from)
    if (channel === undefined) socket.destroy()
    else await this.#join(channel, fromSocket(socket))
  }

  async #join(channel: Duplex, transport: Transport): Promise<void> {
    const far = overTransport(transport, PATIENT)
    this.#far.add(far)
    // Each side ends the other; what either of them fails with is the client's to see.
    await pipe(overTransport(fromSocket(channel), PATIENT), far).catch(() => {})
    this.#far.delete(far)
  }
}

/** On this machine alone, whatever the client asks for. */
function listening(server: Server, place: ServedPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    // Later as well, where a connection cannot be taken.
    server.on('error', reject)
    if ('path' in place) {
      server.listen(place.path, resolve)
      return
    }
    const host = place.host === '::1' ? place.host : '127.0.0.1'
    const isOurs = EVERYWHERE.has(place.host) || isLoopback(place.host)
    if (isOurs) server.listen({ host, port: place.port }, resolve)
    else reject(new Error('this address is not on this machine'))
  })
}

const EVERYWHERE: ReadonlySet<string> = new Set(['', '*', '0.0.0.0', '::'])
// A client may leave what a tunnel brings untouched for as long as it likes.
const PATIENT = { defaults: { timeout: { write: Infinity } } } as const
