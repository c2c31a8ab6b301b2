/*
 * A UDP socket whose datagrams are sent and received by calls. Node reads ahead of the caller, so that what is not received
 * is kept up to a limit and dropped beyond it, as the system does.
 */

import type { Socket } from 'node:dgram'
import { isIP } from 'node:net'

import { formatEndpoint, parseEndpoint, type Endpoint, type NetError } from '@net/core'
import {
  argument,
  inCall,
  ITERATION_END,
  limitsFor,
  netError,
  option,
  optionsDoor,
  shape,
  translate,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { takeWait } from '../call-doors.ts'
import type { WaitOptions } from '../connection.ts'
import { socketErrors } from '../errors.ts'
import { Inbox, type Overflow } from './inbox.ts'

/** One message of UDP, whole: what the sender sent in one call, and where from. */
export interface Datagram {
  /** May be empty. */
  readonly data: Uint8Array
  readonly from: Endpoint
}

/** How a multicast group is joined. */
export interface GroupOptions {
  /** The address of the interface, for IPv6 with its zone; default the system's choice. */
  readonly interface?: string | undefined
  /** Only what this address sends (source-specific multicast, RFC 4607). */
  readonly source?: string | undefined
}

/** A UDP socket. One receive at a time; sends may be many. After `close` every call rejects with `NET_CLOSED`. */
export interface DatagramSocket extends AsyncDisposable, AsyncIterable<Datagram> {
  /** Where it is bound, with the port that was chosen. */
  readonly address: Endpoint
  /** The same as a URL, `udp://127.0.0.1:50000`. */
  readonly url: string
  /** How many datagrams were dropped because too many had not been received yet. */
  readonly dropped: number
  /**
   * Sends one datagram, text as UTF-8, to `udp://host:port` or an endpoint; a connected socket has its peer already. Resolves
   * when the system has taken it, which says nothing about its arrival. Rejects with `NET_PROTO_LIMIT` if it is too large.
   */
  send(data: string | Uint8Array, to?: string | URL | Endpoint): Promise<void>
  /**
   * The next datagram. Rejects with what the network has reported since the last call, such as `NET_CONNECT_REFUSED` where a
   * connected socket has no peer, with `NET_TIMEOUT_IDLE` or `NET_TIMEOUT_TOTAL` if asked for, and with `NET_BUSY`.
   */
  receive(options?: WaitOptions): Promise<Datagram>
  /** Receives what is sent to a multicast group from now on. Throws `NET_BAD_OPTION`, and `NET_CLOSED` after `close`. */
  join(group: string, options?: GroupOptions): void
  /** Ends that. */
  leave(group: string, options?: GroupOptions): void
  /** Closes the socket; loops over it end. Never rejects. */
  close(): Promise<void>
}

/** What one is made of. */
export interface DatagramParts {
  readonly socket: Socket
  readonly address: Endpoint
  readonly isConnected: boolean
  readonly capacity: number
  readonly overflow: Overflow
}

/** The one implementation, over a socket of Node that is bound. */
export class BoundSocket implements DatagramSocket {
  readonly address: Endpoint
  readonly #socket: Socket
  readonly #isConnected: boolean
  readonly #inbox: Inbox<Datagram>
  /** Sends that Node has not called back yet. */
  readonly #sending = new Set<(error: NetError) => void>()
  #closing: Promise<void> | undefined

  constructor({ socket, address, isConnected, capacity, overflow }: DatagramParts) {
    this.#socket = socket
    this.address = address
    this.#isConnected = isConnected
    this.#inbox = new Inbox(capacity, overflow)
    const peer = isConnected ? socket.remoteAddress() : undefined
    socket.on('message', (data, { address: host, port }) => {
      // The system still has what others sent before the socket was connected.
      if (peer !== undefined && (peer.address !== host || peer.port !== port)) return
      this.#inbox.add({ data, from: { scheme: 'udp', host, port } })
    })
    socket.on('error', (error) => this.#inbox.fail(this.#told(error, 'receive')))
  }

  get url(): string {
    return `udp://${formatEndpoint(this.address)}`
  }

  get dropped(): number {
    return this.#inbox.dropped
  }

  async send(data: string | Uint8Array, to?: string | URL | Endpoint): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const place = inCall(SEND, () => {
      argument('data', option.binary, bytes)
      return this.#target(to)
    })
    if (this.#closing !== undefined) throw closedSocket()
    const limit = this.address.host.includes(':') ? MOST_IPV6 : MOST_IPV4
    if (bytes.length > limit) throw tooLarge(bytes.length, limit)
    const failure = this.#inbox.takeFailure()
    if (failure !== undefined) throw failure
    await new Promise<void>((resolve, reject) => {
      this.#sending.add(reject)
      const sent = (error: Error | null): void => {
        this.#sending.delete(reject)
        if (error === null) resolve()
        else reject(this.#told(error, 'send'))
      }
      if (place === undefined) this.#socket.send(bytes, sent)
      else this.#socket.send(bytes, place.port, place.host, sent)
    })
  }

  async receive(options?: WaitOptions): Promise<Datagram> {
    const datagram = await this.#next(options)
    if (datagram === undefined) throw closedSocket()
    return datagram
  }

  join(group: string, options?: GroupOptions): void {
    this.#member('join', group, options)
  }

  leave(group: string, options?: GroupOptions): void {
    this.#member('leave', group, options)
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#inbox.end()
      this.#socket.close(() => {
        // Node drops a send without a word if the socket is closed while the address is looked up.
        for (const fail of this.#sending) fail(closedSocket())
        this.#sending.clear()
        resolve()
      })
    })
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<Datagram, undefined> {
    return {
      next: async () => {
        const value = await this.#next(undefined)
        return value === undefined ? ITERATION_END : { done: false, value }
      },
      return: () => Promise.resolve(ITERATION_END),
    }
  }

  async #next(options: WaitOptions | undefined): Promise<Datagram | undefined> {
    const taken = options === undefined ? undefined : takeWait(options)
    return this.#inbox.next(taken, LIMITS)
  }

  #target(to: string | URL | Endpoint | undefined): Endpoint | undefined {
    if (this.#isConnected === (to === undefined))
      return to === undefined ? undefined : endpointOf(to)
    const message = this.#isConnected
      ? 'the socket is connected: its datagrams go to its peer'
      : 'send needs an address, such as udp://127.0.0.1:5000'
    throw netError('NET_BAD_OPTION', { message })
  }

  #member(verb: 'join' | 'leave', group: string, options: GroupOptions | undefined): void {
    const { interface: via, source } = groupDoor(options)
    if (isIP(group) === 0) {
      throw netError('NET_BAD_OPTION', { message: 'the group must be an IP address' })
    }
    if (this.#closing !== undefined) throw closedSocket()
    const socket = this.#socket
    try {
      if (verb === 'join') {
        if (source === undefined) socket.addMembership(group, via)
        else socket.addSourceSpecificMembership(source, group, via)
      } else if (source === undefined) socket.dropMembership(group, via)
      else socket.dropSourceSpecificMembership(source, group, via)
    } catch (error) {
      throw this.#told(error as Error, verb)
    }
  }

  #told(error: Error, operation: string): NetError {
    if (Reflect.get(error, 'code') === 'EMSGSIZE') return tooLarge()
    const where = formatEndpoint(this.address)
    return translate(error, socketErrors, {
      protocol: 'udp',
      operation,
      target: where,
      endpoint: where,
    })
  }
}

function endpointOf(to: string | URL | Endpoint): Endpoint {
  const isText = typeof to === 'string' || to instanceof URL
  return argument(
    'the address',
    anEndpoint,
    isText ? parseEndpoint(to, { schemes: ['udp'] }).endpoint : to,
  )
}

function closedSocket(): NetError {
  return netError('NET_CLOSED', { message: 'the socket is closed' })
}

function tooLarge(received?: number, limit?: number): NetError {
  const most = limit === undefined ? 'the system takes' : `${limit} bytes`
  return netError('NET_PROTO_LIMIT', {
    message: `the datagram is larger than ${most}`,
    limit,
    received,
  })
}

/** 65,535 bytes with the headers of UDP and of IPv4; IPv6 does not count its own. */
const MOST_IPV4 = 65_507
const MOST_IPV6 = 65_527
const LIMITS = limitsFor('session', undefined)
const isPort = (value: unknown): boolean => option.between(1, 65_535).fits(value)
const SEND = { protocol: 'udp', call: 'send' } as const
const anEndpoint: Shape<Endpoint> = shape(
  "a URL such as 'udp://127.0.0.1:5000', or { host, port }, with a port from 1 to 65535",
  (value) => {
    const { host, port } = Object(value) as Partial<Endpoint>
    return typeof host === 'string' && isPort(port)
  },
)
const groupDoor: OptionsDoor<GroupOptions> = optionsDoor<GroupOptions>(
  { protocol: 'udp', call: 'join' },
  { interface: option.text, source: option.text },
)
