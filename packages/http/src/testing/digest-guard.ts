/*
 * A route behind Digest authentication (RFC 7616), as strict as a server may be: each use of a nonce is counted. It computes
 * what it expects on its own, apart from the client.
 */

import { createHash, randomUUID } from 'node:crypto'

import { inCall, option, optionsDoor, type Taken } from '@net/core/authoring'

import type { Reply, Route } from './route.ts'
import type { SeenRequest } from './seen-request.ts'

/** Options of `digestGuard`. */
export interface DigestGuardOptions {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>
  /** Default `net`. */
  readonly realm?: string | undefined
  /** What it offers, such as `['auth', 'auth-int']`; an empty list is RFC 2069. Default `['auth']`. */
  readonly qop?: readonly ('auth' | 'auth-int')[] | undefined
  /** Default `SHA-256`. */
  readonly algorithm?:
    | 'MD5'
    | 'MD5-sess'
    | 'SHA-256'
    | 'SHA-256-sess'
    | 'SHA-512-256'
    | 'SHA-512-256-sess'
    | undefined
  /** How often a nonce may be used; then it is stale. Default without end. */
  readonly uses?: number | undefined
  /** Whether each use must have a higher number than all before: a lower one is stale. Default: than none of the same number. */
  readonly rising?: boolean | undefined
  /** Whether each answer names the next nonce (`Authentication-Info`). Default false. */
  readonly nextNonce?: boolean | undefined
  /** Whether the client may send the user as a digest. Default false. */
  readonly userhash?: boolean | undefined
}

/** The route for those who prove who they are; 401 with a challenge for others. Throws `NET_BAD_OPTION`. */
export function digestGuard(options: DigestGuardOptions, route: Route): Route {
  return inCall(CALL, () => {
    const guard = new Guard(guardOptions(options))
    return async (request, exchange) => {
      let body: Promise<Uint8Array> | undefined
      // A digest of the body is judged before the route reads it.
      const bytes = (): Promise<Uint8Array> => (body ??= exchange.bytes())
      const refusal = await guard.judge(request, bytes)
      if (refusal !== undefined) return refusal
      const reply =
        typeof route === 'function' ? await route(request, { ...exchange, bytes }) : route
      return { ...reply, headers: { ...reply.headers, ...guard.info() } }
    }
  })
}

class Guard {
  readonly #options: Taken<DigestGuardOptions>
  readonly #realm: string
  readonly #algorithm: string
  /** The numbers that each nonce was used with. */
  readonly #nonces = new Map<string, Set<number>>()

  constructor(options: Taken<DigestGuardOptions>) {
    this.#options = options
    this.#realm = options.realm ?? 'net'
    this.#algorithm = options.algorithm ?? 'SHA-256'
  }

  /** Undefined for a request that may pass. */
  async judge(request: SeenRequest, body: () => Promise<Uint8Array>): Promise<Reply | undefined> {
    const said = fieldsIn(request.headers.authorization ?? '')
    const nonce = said.get('nonce')
    const user = this.#userOf(said)
    if (nonce === undefined || user === undefined || said.get('uri') !== request.target)
      return this.#challenge(false)
    const expected = this.#response(user, said, {
      method: request.method,
      body: said.get('qop') === 'auth-int' ? await body() : undefined,
    })
    if (said.get('response') !== expected) return this.#challenge(false)
    return this.#count(this.#nonces.get(nonce), said.get('nc'))
  }

  #count(used: Set<number> | undefined, nc: string | undefined): Reply | undefined {
    if (used === undefined) return this.#challenge(true)
    if (nc === undefined) return undefined
    const count = Number.parseInt(nc, 16)
    const { uses = Infinity, rising = false } = this.#options
    const isStale = used.size >= uses || (rising && count < Math.max(0, ...used))
    if (isStale || used.has(count)) return this.#challenge(isStale)
    used.add(count)
    return undefined
  }

  info(): Readonly<Record<string, string>> {
    if (this.#options.nextNonce !== true) return {}
    return { 'authentication-info': `nextnonce="${this.#nonce()}"` }
  }

  #challenge(stale: boolean): Reply {
    const { qop = ['auth'], userhash = false } = this.#options
    const fields = [
      `realm="${this.#realm}"`,
      `nonce="${this.#nonce()}"`,
      `opaque="${OPAQUE}"`,
      `algorithm=${this.#algorithm}`,
      ...(qop.length === 0 ? [] : [`qop="${qop.join(', ')}"`]),
      ...(stale ? ['stale=true'] : []),
      ...(userhash ? ['userhash=true'] : []),
      'charset=UTF-8',
    ]
    return {
      status: 401,
      headers: { 'www-authenticate': `Digest ${fields.join(', ')}` },
      body: 'who are you?\n',
    }
  }

  #nonce(): string {
    const nonce = randomUUID()
    this.#nonces.set(nonce, new Set())
    return nonce
  }

  #userOf(said: ReadonlyMap<string, string>): string | undefined {
    const name = said.get('username') ?? decoded(said.get('username*'))
    return Object.keys(this.#options.users).find((user) =>
      said.get('userhash') === 'true'
        ? this.#hash(`${user}:${this.#realm}`) === name
        : user === name,
    )
  }

  #response(
    user: string,
    said: ReadonlyMap<string, string>,
    { method, body }: { readonly method: string; readonly body: Uint8Array | undefined },
  ): string {
    const [nonce, uri, qop, cnonce] = ['nonce', 'uri', 'qop', 'cnonce'].map((name) =>
      said.get(name),
    )
    const plain = this.#hash(`${user}:${this.#realm}:${this.#options.users[user] ?? ''}`)
    const first = this.#algorithm.endsWith('-sess')
      ? this.#hash(`${plain}:${nonce}:${cnonce}`)
      : plain
    const asked = body === undefined ? `${method}:${uri}` : `${method}:${uri}:${this.#hash(body)}`
    const between = qop === undefined ? nonce : `${nonce}:${said.get('nc')}:${cnonce}:${qop}`
    return this.#hash(`${first}:${between}:${this.#hash(asked)}`)
  }

  #hash(data: string | Uint8Array): string {
    const name = this.#algorithm.replace('-sess', '').replace('SHA-256', 'SHA256').toLowerCase()
    return createHash(name === 'sha-512-256' ? 'sha512-256' : name)
      .update(data)
      .digest('hex')
  }
}

function fieldsIn(authorization: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (!authorization.startsWith('Digest ')) return found
  for (const [, name = '', quoted, bare = ''] of authorization.slice(7).matchAll(FIELD))
    found.set(name, quoted?.replace(/\\(.)/g, '$1') ?? bare)
  return found
}

function decoded(extended: string | undefined): string | undefined {
  return extended === undefined ? undefined : decodeURIComponent(extended.replace(/^UTF-8''/i, ''))
}

const CALL = { protocol: 'http', call: 'digestGuard' } as const
const guardOptions = optionsDoor<DigestGuardOptions>(CALL, {
  users: option.required(option.record(option.text)),
  realm: option.text,
  qop: option.list(option.oneOf('auth', 'auth-int')),
  algorithm: option.oneOf(
    'MD5',
    'MD5-sess',
    'SHA-256',
    'SHA-256-sess',
    'SHA-512-256',
    'SHA-512-256-sess',
  ),
  uses: option.count,
  rising: option.flag,
  nextNonce: option.flag,
  userhash: option.flag,
})
const FIELD = /([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g
const OPAQUE = 'b3BhcXVl'
