/*
 * The client's half of SOCKS5 (RFC 1928, with the passwords of RFC 1929), SOCKS4 and SOCKS4a: bytes in, bytes out,
 * in pieces of any size. Names are always resolved by the proxy. Knows no I/O.
 */

import { isIP, isIPv4 } from 'node:net'

import type { Endpoint, NetErrorCode, RetryClass } from '@net/core'
import { ByteQueue, netError, refuseControl } from '@net/core/authoring'

import { addressBytes } from '../address-bytes.ts'
import type { ProxyDialogue, ProxyStep } from './proxy-dialogue.ts'

/** Who is asking; the password may be empty. */
export interface SocksLogin {
  readonly user: string
  readonly password: string
}

/** A tunnel to the endpoint by SOCKS5. Throws `NET_BAD_ADDRESS` or `NET_BAD_OPTION` for what it has no room for. */
export function socks5Dialogue(endpoint: Endpoint, login?: SocksLogin): ProxyDialogue {
  return new Socks5(requestOf5(endpoint), login === undefined ? undefined : loginOf(login))
}

/** A tunnel to the endpoint by SOCKS4, and by SOCKS4a for a name. Throws `NET_BAD_ADDRESS` for IPv6, which it does not know. */
export function socks4Dialogue(endpoint: Endpoint, user: string = ''): ProxyDialogue {
  return new Socks4(requestOf4(endpoint, user))
}

class Socks5 implements ProxyDialogue {
  readonly opening: Uint8Array
  readonly #request: Uint8Array
  readonly #login: Uint8Array | undefined
  readonly #queue = new ByteQueue()
  #awaiting: 'method' | 'login' | 'reply' = 'method'

  constructor(request: Uint8Array, login: Uint8Array | undefined) {
    this.#request = request
    this.#login = login
    this.opening =
      login === undefined ? Uint8Array.of(5, 1, NO_LOGIN) : Uint8Array.of(5, 2, NO_LOGIN, PASSWORD)
  }

  receive(chunk: Uint8Array): ProxyStep {
    this.#queue.push(chunk)
    if (this.#awaiting === 'method') return this.#method()
    return this.#awaiting === 'login' ? this.#loggedIn() : this.#reply()
  }

  #method(): ProxyStep {
    const queue = this.#queue
    if (queue.byteAt(0) !== 5) throw malformed('this proxy does not speak SOCKS5')
    const method = queue.byteAt(1)
    if (method === undefined) return MORE
    if (method === NONE_FITS) throw loginError(this.#login)
    const wanted = method === PASSWORD ? this.#login : undefined
    if (method !== NO_LOGIN && wanted === undefined) {
      throw malformed('the proxy chose a login that was not offered')
    }
    this.#take(2)
    return wanted === undefined ? this.#ask() : this.#logIn(wanted)
  }

  #logIn(login: Uint8Array): ProxyStep {
    this.#awaiting = 'login'
    return { send: login }
  }

  #loggedIn(): ProxyStep {
    const status = this.#queue.byteAt(1)
    if (status === undefined) return MORE
    // RFC 1929 wants version 1 here; there are proxies that repeat the 5, and they mean the same.
    if (status !== 0) throw loginError(this.#login)
    this.#take(2)
    return this.#ask()
  }

  #ask(): ProxyStep {
    this.#awaiting = 'reply'
    return { send: this.#request }
  }

  #reply(): ProxyStep {
    const queue = this.#queue
    if (queue.byteAt(0) !== 5) throw malformed('the proxy answered in another version of SOCKS')
    const code = queue.byteAt(1)
    if (code === undefined) return MORE
    // Before the address, which many a proxy leaves out when it refuses.
    if (code !== 0) throw refusal(REPLIES_5, code)
    const size = this.#replySize()
    if (size === undefined || queue.length < size) return MORE
    queue.take(size)
    return { rest: queue.take(queue.length) }
  }

  /** The length of a reply, with the address to which the proxy is bound. */
  #replySize(): number | undefined {
    const kind = this.#queue.byteAt(3)
    const length = this.#queue.byteAt(4)
    if (kind === undefined || length === undefined) return undefined
    if (kind === ADDRESS_4) return 10
    if (kind === ADDRESS_6) return 22
    if (kind === NAME) return 7 + length
    throw malformed('the proxy answered with an address of no known kind')
  }

  /** Nothing may follow what was asked for: it would be an answer to a question not asked yet. */
  #take(size: number): void {
    this.#queue.take(size)
    if (this.#queue.length === 0) return
    throw netError('NET_PROTO_UNEXPECTED', { message: 'the proxy answered before the request' })
  }
}

class Socks4 implements ProxyDialogue {
  readonly opening: Uint8Array
  readonly #queue = new ByteQueue()

  constructor(request: Uint8Array) {
    this.opening = request
  }

  receive(chunk: Uint8Array): ProxyStep {
    const queue = this.#queue
    queue.push(chunk)
    if (queue.byteAt(0) !== 0) throw malformed('this proxy does not speak SOCKS4')
    const code = queue.byteAt(1)
    if (code === undefined) return MORE
    if (code !== GRANTED_4) throw refusal(REPLIES_4, code)
    if (queue.length < 8) return MORE
    queue.take(8)
    return { rest: queue.take(queue.length) }
  }
}

function requestOf5(endpoint: Endpoint): Uint8Array {
  const host = checkedHost(endpoint)
  const address = isIP(host) === 0 ? named(host) : numbered(host)
  return Buffer.concat([Uint8Array.of(5, CONNECT, 0), address, portOf(endpoint)])
}

function requestOf4(endpoint: Endpoint, user: string): Uint8Array {
  const host = checkedHost(endpoint)
  refuseControl("the proxy's user", user)
  if (isIP(host) === 6) {
    throw netError('NET_BAD_ADDRESS', { message: 'SOCKS4 does not support IPv6; use socks5:' })
  }
  const name = isIPv4(host) ? undefined : host
  // An address that cannot be one says that a name follows (SOCKS4a).
  const address = name === undefined ? numbered(host).subarray(1) : Uint8Array.of(0, 0, 0, 1)
  const texts = name === undefined ? `${user}\0` : `${user}\0${name}\0`
  return Buffer.concat([Uint8Array.of(4, CONNECT), portOf(endpoint), address, Buffer.from(texts)])
}

function loginOf({ user, password }: SocksLogin): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(1),
    short("the proxy's user", user),
    short("the proxy's password", password),
  ])
}

function checkedHost({ host, path }: Endpoint): string {
  if (path !== undefined || host === '') {
    throw netError('NET_BAD_ADDRESS', { message: 'a proxy needs a host and a port, not a path' })
  }
  refuseControl('the host', host)
  if (!host.includes('%')) return host
  throw netError('NET_BAD_ADDRESS', { message: 'a proxy cannot use the zone of an address' })
}

function named(host: string): Uint8Array {
  const bytes = Buffer.from(host)
  if (bytes.length <= LONGEST) return Buffer.concat([Uint8Array.of(NAME, bytes.length), bytes])
  // Never resolved here instead: who asked for a proxy may not want the name to be seen here.
  throw netError('NET_BAD_ADDRESS', { message: 'the host has more than the 255 bytes of SOCKS' })
}

function short(what: string, text: string): Uint8Array {
  const bytes = Buffer.from(text)
  if (bytes.length <= LONGEST) return Buffer.concat([Uint8Array.of(bytes.length), bytes])
  throw netError('NET_BAD_OPTION', { message: `${what} has more than the 255 bytes of SOCKS` })
}

/** The kind of an address, then its bytes. */
function numbered(host: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(isIPv4(host) ? ADDRESS_4 : ADDRESS_6), addressBytes(host)])
}

function portOf({ port }: Endpoint): Uint8Array {
  return Uint8Array.of(port >> 8, port & 0xff)
}

function loginError(login: Uint8Array | undefined): Error {
  const message =
    login === undefined
      ? 'the proxy requires a user and a password'
      : 'the proxy refused user and password'
  return netError('NET_PROXY_AUTH', { message })
}

function malformed(message: string): Error {
  return netError('NET_PROTO_MALFORMED', { message })
}

function refusal(replies: ReadonlyMap<number, Refusal>, status: number): Error {
  const { what, code, retry } = replies.get(status) ?? UNKNOWN
  const reply = { status, text: what }
  // What the proxy met on its way is a failure to connect like any other.
  const place = code === 'NET_PROXY_REFUSED' ? {} : ({ phase: 'connect' } as const)
  const message = `the proxy answered: ${what}`
  return netError(code, { message, reply, ...place, retry })
}

interface Refusal {
  readonly what: string
  readonly code: NetErrorCode
  readonly retry?: RetryClass
}

const UNKNOWN: Refusal = { what: 'it refuses, for no known reason', code: 'NET_PROXY_REFUSED' }
const REPLIES_5: ReadonlyMap<number, Refusal> = new Map([
  [1, { what: 'it failed', code: 'NET_PROXY_REFUSED', retry: 'safe' }],
  [2, { what: 'its rules do not allow this endpoint', code: 'NET_PROXY_REFUSED' }],
  [3, { what: 'the network is unreachable', code: 'NET_CONNECT_UNREACHABLE' }],
  [4, { what: 'the host is unreachable', code: 'NET_CONNECT_UNREACHABLE' }],
  [5, { what: 'the connection was refused', code: 'NET_CONNECT_REFUSED' }],
  [6, { what: 'the endpoint is too far away', code: 'NET_CONNECT_UNREACHABLE' }],
  [7, { what: 'it does not support CONNECT', code: 'NET_PROXY_REFUSED' }],
  [8, { what: 'it does not support this type of address', code: 'NET_PROXY_REFUSED' }],
])
const REPLIES_4: ReadonlyMap<number, Refusal> = new Map([
  [91, { what: 'it refuses, or it failed', code: 'NET_PROXY_REFUSED' }],
  [92, { what: 'it could not ask who we are (identd)', code: 'NET_PROXY_AUTH' }],
  [93, { what: 'identd names another user', code: 'NET_PROXY_AUTH' }],
])
const MORE: ProxyStep = {}
const CONNECT = 1
const NO_LOGIN = 0
const PASSWORD = 2
const NONE_FITS = 0xff
const GRANTED_4 = 90
const ADDRESS_4 = 1
const NAME = 3
const ADDRESS_6 = 4
const LONGEST = 255
