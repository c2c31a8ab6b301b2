/*
 * The client's half of HTTP's CONNECT (RFC 9110, section 9.3.6): bytes in, bytes out, in pieces of any size. Of an
 * answer that refuses it reads the head only, unless the proxy asks for another login. Knows no I/O.
 */

import { formatEndpoint, type Endpoint } from '@net/core'
import { ByteQueue, harmless, netError, refuseControl } from '@net/core/authoring'

import { lineOf } from '../reads.ts'
import { unauthorized, type LoginTalk } from './http-login.ts'
import type { ProxyDialogue, ProxyStep } from './proxy-dialogue.ts'
import { BodyNotes, type UselessBody } from './refusal-body.ts'

/** What the request says besides where to. */
export interface ConnectRequest {
  /** Who asks. */
  readonly login?: LoginTalk | undefined
  /** Further fields for the proxy. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A tunnel to the endpoint by CONNECT. Another login that the proxy asks for is sent once. Throws `NET_BAD_ADDRESS`,
 * `NET_BAD_HEADER` or `NET_INJECTION`.
 */
export function connectDialogue(endpoint: Endpoint, request: ConnectRequest = {}): ProxyDialogue {
  return new Connect(endpoint, request, true)
}

class Connect implements ProxyDialogue {
  readonly opening: Uint8Array
  readonly #endpoint: Endpoint
  readonly #request: ConnectRequest
  /** Whether another login may follow. */
  readonly #mayAsk: boolean
  readonly #queue = new ByteQueue()
  #line = lineOf(LONGEST_HEAD, 'latin1')
  #size = 0
  #status: Status | undefined
  #notes = new BodyNotes()
  /** Ways to log in that the proxy offers, as it wrote them. */
  readonly #challenges: string[] = []
  /** That of the answer by which the proxy asked for another login. */
  #body: UselessBody | undefined
  /** With the other login, over this connection. */
  #second: Connect | undefined
  #isAsked = false

  constructor(endpoint: Endpoint, request: ConnectRequest, mayAsk: boolean) {
    this.#endpoint = endpoint
    this.#request = request
    this.#mayAsk = mayAsk
    this.opening = headOf(endpoint, request)
  }

  receive(chunk: Uint8Array): ProxyStep {
    if (this.#second !== undefined) {
      // From here on the proxy has answered to it.
      this.#isAsked = false
      return this.#second.receive(chunk)
    }
    this.#queue.push(chunk)
    return this.#body === undefined ? this.#readHead() : this.#drain(this.#body)
  }

  elsewhere(): ProxyDialogue | undefined {
    return this.#isAsked ? new Connect(this.#endpoint, this.#request, false) : undefined
  }

  #readHead(): ProxyStep {
    const queue = this.#queue
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      const status = this.#status
      if (status === undefined) this.#status = statusOf(line)
      else if (line !== '') this.#note(line)
      else if (status.code === 407) return this.#unauthorized(status)
      else if (this.#isFinal(status)) {
        this.#request.login?.accepted()
        return { rest: queue.take(queue.length) }
      }
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
    if (line.includes('\0') || line.includes('\r')) {
      throw netError('NET_PROTO_MALFORMED', {
        message: 'a header of the proxy has a NUL or a CR within it',
      })
    }
    this.#notes.note(line)
    const [, challenges] = CHALLENGES.exec(line) ?? []
    if (challenges !== undefined) this.#challenges.push(challenges)
  }

  /** Asks with another login, where that may help. Throws `NET_PROXY_AUTH`. */
  #unauthorized({ text, isHttp10 }: Status): ProxyStep {
    const { login } = this.#request
    const isUseful = login?.refused(this.#challenges) === true
    if (!isUseful || !this.#mayAsk) {
      throw unauthorized(text, login !== undefined, this.#challenges)
    }
    this.#isAsked = true
    this.#body = this.#notes.body(isHttp10)
    return this.#body === undefined ? { moves: true } : this.#drain(this.#body)
  }

  /** What belongs to the refusal must not pass for the next answer. */
  #drain(body: UselessBody): ProxyStep {
    const state = body.skip(this.#queue)
    if (state === 'more') return { drains: true }
    if (state === 'lost' || this.#queue.length > 0) return { moves: true }
    this.#second = new Connect(this.#endpoint, this.#request, false)
    return { send: this.#second.opening }
  }

  /** Whether the tunnel stands; after an interim answer another one follows. Throws for a refusal. */
  #isFinal(status: Status): boolean {
    const { code } = status
    if (code >= 200 && code < 300) return true
    if (code >= 300 || code === 101) throw refusal(status)
    this.#status = undefined
    this.#notes = new BodyNotes()
    return false
  }
}

interface Status {
  readonly code: number
  readonly text: string
  readonly isHttp10: boolean
}

function headOf(endpoint: Endpoint, { login, headers = {} }: ConnectRequest): Uint8Array {
  if (endpoint.path !== undefined || !HOST.test(endpoint.host)) {
    throw netError('NET_BAD_ADDRESS', { message: 'a proxy needs a host and a port, not a path' })
  }
  const where = formatEndpoint(endpoint)
  const authorization = login?.authorization({ method: 'CONNECT', target: where })
  const who = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`
  let more = ''
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) {
      throw netError('NET_BAD_HEADER', {
        message: 'a header for the proxy has a name that HTTP does not allow',
      })
    }
    refuseControl(`the header ${name} for the proxy`, value)
    more += `${name}: ${value}\r\n`
  }
  return Buffer.concat([
    Buffer.from(`CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n`),
    // The proxy's own words go back as the same bytes.
    Buffer.from(who, 'latin1'),
    Buffer.from(`${more}\r\n`),
  ])
}

function statusOf(line: string): Status {
  const [, minor, digits, text = ''] = STATUS.exec(line) ?? []
  if (digits === undefined) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the proxy does not answer in HTTP/1' })
  }
  return { code: Number(digits), text: harmless(text), isHttp10: minor === '0' }
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
const STATUS = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/
const CHALLENGES = /^proxy-authenticate[ \t]*:(.*)$/i
const HOST = /^[^\s/?#@\p{Cc}]+$/u
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
