/*
 * The client's half of HTTP's CONNECT (RFC 9110, section 9.3.6): bytes in, bytes out, in pieces of any size. Of an
 * answer that refuses it reads the head only. Knows no I/O.
 */

import { formatEndpoint, type Endpoint, type NetError } from '@net/core'
import { ByteQueue, harmless, netError, refuseControl } from '@net/core/authoring'

import { lineOf } from '../reads.ts'
import type { ProxyDialogue, ProxyStep } from './proxy-dialogue.ts'

/** What the request says besides where to. */
export interface ConnectRequest {
  /** The value of `Proxy-Authorization`. */
  readonly authorization?: string
  /** Further fields for the proxy. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A tunnel to the endpoint by CONNECT. Throws `NET_BAD_ADDRESS`, `NET_BAD_HEADER` or `NET_INJECTION`. */
export function connectDialogue(endpoint: Endpoint, request: ConnectRequest = {}): ProxyDialogue {
  return new Connect(headOf(endpoint, request), request.authorization !== undefined)
}

class Connect implements ProxyDialogue {
  readonly opening: Uint8Array
  readonly #loggedIn: boolean
  readonly #queue = new ByteQueue()
  #line = lineOf(LONGEST_HEAD, 'latin1')
  #size = 0
  #status: Status | undefined
  /** Ways to log in that the proxy offers. */
  readonly #schemes = new Set<string>()

  constructor(opening: Uint8Array, loggedIn: boolean) {
    this.opening = opening
    this.#loggedIn = loggedIn
  }

  receive(chunk: Uint8Array): ProxyStep {
    const queue = this.#queue
    queue.push(chunk)
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      if (this.#status === undefined) this.#status = statusOf(line)
      else if (line !== '') this.#note(line)
      else if (this.#isFinal(this.#status)) return { rest: queue.take(queue.length) }
    }
    return MORE
  }

  /** The next line of the head. */
  #next(): string | undefined {
    const before = this.#queue.length
    const line = this.#line(this.#queue, false) ?? undefined
    const inLine = line === undefined ? before : before - this.#queue.length
    if (this.#size + inLine > LONGEST_HEAD) {
      throw netError('NET_PROTO_LIMIT', {
        message: `the head of the proxy's answer is longer than ${LONGEST_HEAD} bytes`,
        limit: LONGEST_HEAD,
      })
    }
    if (line === undefined) return undefined
    this.#size += inLine
    // The rule remembers how far it has searched, which holds for one line only.
    this.#line = lineOf(LONGEST_HEAD, 'latin1')
    return line
  }

  #note(line: string): void {
    const [, challenges] = CHALLENGES.exec(line) ?? []
    if (challenges === undefined) return
    for (const scheme of schemesIn(challenges)) this.#schemes.add(harmless(scheme))
  }

  /** Whether the tunnel stands; after an interim answer another one follows. Throws for a refusal. */
  #isFinal(status: Status): boolean {
    const { code } = status
    if (code >= 200 && code < 300) return true
    if (code === 407) throw unauthorized(status.text, this.#loggedIn, [...this.#schemes])
    if (code >= 300 || code === 101) throw refusal(status)
    this.#status = undefined
    return false
  }
}

interface Status {
  readonly code: number
  readonly text: string
}

function headOf(endpoint: Endpoint, { authorization, headers = {} }: ConnectRequest): Uint8Array {
  if (endpoint.path !== undefined || !HOST.test(endpoint.host)) {
    throw netError('NET_BAD_ADDRESS', { message: 'a proxy needs a host and a port, not a path' })
  }
  const where = formatEndpoint(endpoint)
  const lines = [`CONNECT ${where} HTTP/1.1`, `Host: ${where}`]
  if (authorization !== undefined) lines.push(`Proxy-Authorization: ${authorization}`)
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) {
      throw netError('NET_BAD_HEADER', {
        message: 'a header for the proxy has a name that HTTP does not allow',
      })
    }
    refuseControl(`the header ${name} for the proxy`, value)
    lines.push(`${name}: ${value}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

function statusOf(line: string): Status {
  const [, digits, text = ''] = STATUS.exec(line) ?? []
  if (digits === undefined) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the proxy does not answer in HTTP/1' })
  }
  return { code: Number(digits), text: harmless(text) }
}

/** What 407 means: `loggedIn` if it was told who asks, `schemes` are the ways to log in that it offers. */
export function unauthorized(
  text: string,
  loggedIn: boolean,
  schemes: readonly string[],
): NetError {
  const reply = { status: 407, text }
  const others = schemes.length > 0 && !schemes.some((scheme) => /^basic$/i.test(scheme))
  const required = loggedIn
    ? 'the proxy refused user and password'
    : 'the proxy requires a user and a password'
  const message = others
    ? `the proxy takes only ${schemes.slice(0, MOST_TOLD).join(', ')} as login, and the client has Basic; for NTLM and Negotiate run a local proxy that logs in there`
    : required
  return netError('NET_PROXY_AUTH', { message, reply })
}

/** The schemes of a list of challenges (RFC 9110, section 11.6.1): words that no `=` follows. */
export function schemesIn(challenges: string): string[] {
  const parts = challenges.replace(/"(?:[^"\\]|\\.)*"?/g, '').split(',')
  return parts.flatMap((part) => SCHEME.exec(part)?.[1] ?? [])
}

function refusal({ code, text }: Status): Error {
  const reply = { status: code, text }
  const message = `the proxy answered ${code}${text === '' ? '' : ` ${text}`}`
  // It did not get through to the endpoint, which it may do next time; nothing was done there.
  const passing = code === 502 || code === 503 || code === 504
  return netError('NET_PROXY_REFUSED', { message, reply, ...(passing ? { retry: 'safe' } : {}) })
}

const MORE: ProxyStep = {}
const LONGEST_HEAD = 16 * 1024
const STATUS = /^HTTP\/1\.[01] ([1-9]\d\d)(?: (.*))?$/
const MOST_TOLD = 8
const CHALLENGES = /^proxy-authenticate[ \t]*:(.*)$/i
const SCHEME = /^[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[ \t]+|$)(?!=)/
const HOST = /^[^\s/?#@\p{Cc}]+$/u
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
