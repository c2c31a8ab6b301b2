/*
 * Redirects: follows them, and takes care that nothing which was meant for one origin reaches another one, and that
 * a request over TLS gets no response without TLS.
 */

import { isUtf8 } from 'node:buffer'

import { isNetError } from '@net/core'
import {
  argument,
  callerFault,
  claimSecrets,
  netError,
  option,
  optionsObject,
  shape,
  type Shape,
} from '@net/core/authoring'

import type { Middleware } from '../handler.ts'
import { isHarmless } from '../headers.ts'
import { protectParams } from '../params.ts'
import { isLedAway, keepMarks, markLedAway } from '../request-marks.ts'
import { HttpRequest } from '../request.ts'
import { ClientResponse, type HistoryEntry, type HttpResponse } from '../response.ts'

/** How redirects are followed. */
export interface RedirectOptions {
  /** How many in a row. Default 20. */
  readonly limit?: number | undefined
  /**
   * Asked before a redirect is followed: the request that would be sent, and what redirected to it. Gives false to get the
   * redirect itself as the answer, another request to send in its place, true to go on. What it throws rejects the call.
   */
  readonly onRedirect?: RedirectHook | undefined
}

/** Decides about one redirect. */
export type RedirectHook = (next: HttpRequest, from: HistoryEntry) => boolean | HttpRequest

/** The option `redirect`: whether, how many, or how. */
export const redirectShape: Shape<boolean | number | RedirectOptions> = option.either<
  boolean | number | RedirectOptions
>(
  [
    option.flag,
    option.size,
    optionsObject<RedirectOptions>({ limit: option.size, onRedirect: option.callback() }),
  ],
  'true, false, a number of redirects or { limit, onRedirect }',
)

/** How a call follows redirects. */
export interface RedirectRules {
  /** How many redirects are followed. */
  readonly redirects: number
  readonly onRedirect: RedirectHook | undefined
}

/** The redirects of one call so far, and what follows from the next answer. */
export class RedirectTrail {
  readonly #rules: RedirectRules
  #history: readonly HistoryEntry[] | undefined

  constructor(rules: RedirectRules) {
    this.#rules = rules
  }

  /** The request that the answer leads to; undefined if it is the last one. Throws like `follow`, and `NET_REDIRECT_LIMIT`. */
  next(request: HttpRequest, response: HttpResponse): HttpRequest | undefined {
    const { redirects } = this.#rules
    const location = redirects > 0 ? targetOf(response) : undefined
    if (location === undefined) return undefined
    try {
      const next = this.#following(request, response, location)
      if (next !== undefined) response.body.cancel()
      return next
    } catch (error) {
      response.body.cancel()
      throw error
    }
  }

  /** The last answer, with the redirects that led to it. */
  ended(response: HttpResponse): HttpResponse {
    return withHistory(response, this.#history)
  }

  #following(
    request: HttpRequest,
    response: HttpResponse,
    location: string,
  ): HttpRequest | undefined {
    const { redirects, onRedirect } = this.#rules
    const entry = entryOf(response, request)
    const before = this.#history ?? []
    if (before.length >= redirects) throw tooMany(redirects)
    const next = follow(request, response.status, location)
    const chosen = onRedirect === undefined ? next : chosenBy(onRedirect, next, entry)
    if (chosen !== undefined) this.#history = [...before, entry]
    return chosen
  }
}

/** Follows redirects in place of the journey, for a way to log in that leads each of its requests. */
export function redirecting(rules: RedirectRules, secrets: number): Middleware {
  return async (request, next) => {
    const trail = new RedirectTrail(rules)
    let sent = request
    for (;;) {
      const response = await next(sent)
      const following = trail.next(sent, response)
      if (following === undefined) return trail.ended(response)
      claimSecrets(following.url, secrets)
      sent = following
    }
  }
}

function chosenBy(
  ask: RedirectHook,
  next: HttpRequest,
  from: HistoryEntry,
): HttpRequest | undefined {
  const chosen = argument('what onRedirect gives', decision, asked(ask, next, from))
  if (typeof chosen === 'boolean') return chosen ? next : undefined
  keepMarks(next, chosen)
  return chosen
}

/** What it throws reaches the caller as it is. */
function asked(ask: RedirectHook, next: HttpRequest, from: HistoryEntry): unknown {
  try {
    return ask(next, from)
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
}

/** Where the response redirects to; undefined if it does not. Throws `NET_PROTO_MALFORMED` if it names two places. */
function targetOf(response: HttpResponse): string | undefined {
  if (!REDIRECTS.has(response.status)) return undefined
  const [location = '', ...others] = new Set(response.headers.getAll('location'))
  if (others.length > 0) {
    response.body.cancel()
    throw netError('NET_PROTO_MALFORMED', {
      message: 'the server redirected to two places at once',
    })
  }
  return location === '' ? undefined : textOf(location)
}

/** UTF-8, where it is that: the headers of a response are read as Latin-1. */
function textOf(location: string): string {
  const text = Buffer.from(location, 'latin1')
  return isUtf8(text) ? text.toString() : location
}

/** The response with the redirects that led to it. */
function withHistory(
  response: HttpResponse,
  history: readonly HistoryEntry[] | undefined,
): HttpResponse {
  return history !== undefined && response instanceof ClientResponse
    ? response.with({ history })
    : response
}

function entryOf({ status, url, headers }: HttpResponse, request: HttpRequest): HistoryEntry {
  return { status, url: url === '' ? request.url.href : url, headers }
}

function tooMany(limit: number): Error {
  const message = `there were more than ${limit} redirects`
  return netError('NET_REDIRECT_LIMIT', { message, limit })
}

/** The request that a redirect asks for. Throws `NET_REDIRECT_FORBIDDEN`, `NET_BAD_URL` and `NET_BODY_NOT_REPLAYABLE`. */
function follow(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = allowed(request.url, location)
  const sameOrigin = url.origin === request.url.origin
  const { method, body } = nextMethod(request, status)
  const dropped = body === undefined
  const next = request.with({
    url,
    method,
    body: body ?? null,
    headers: request.headers.filter(
      (name) => !(dropped && ABOUT_BODY.has(name)) && (sameOrigin || isHarmless(name)),
    ),
  })
  // What was dropped does not come back with a redirect that leads home again.
  if (!sameOrigin || isLedAway(request)) markLedAway(next)
  return next
}

function allowed(from: URL, location: string): URL {
  const url = URL.parse(location, from.href)
  if (url === null)
    throw netError('NET_BAD_URL', { message: 'the Location of the redirect is not a valid URL' })
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw forbidden(`the server redirected to the scheme ${url.protocol.slice(0, -1)}`)
  }
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw forbidden('the server redirected from https to http')
  }
  if (url.username !== '' || url.password !== '') {
    throw forbidden('the server redirected to a URL with credentials')
  }
  // A fragment that the new URL does not have is inherited (RFC 9110 section 10.2.2), and is never sent anyway.
  url.hash = ''
  protectParams(url.search, url)
  return url
}

function nextMethod(request: HttpRequest, status: number): Pick<HttpRequest, 'method' | 'body'> {
  const { method, body } = request
  // 303 means GET; for 301 and 302 clients do that with POST (RFC 9110 section 15.4).
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (becomesGet) return { method: 'GET', body: undefined }
  if (body?.begun === true && !body.replayable) {
    throw netError('NET_BODY_NOT_REPLAYABLE', {
      message: `the server redirected with ${status}, and the request body cannot be sent again, because its source can be read only once`,
    })
  }
  return { method, body }
}

function forbidden(message: string): Error {
  return netError('NET_REDIRECT_FORBIDDEN', { message })
}

const decision: Shape<boolean | HttpRequest> = shape(
  'true, false or a request',
  (value) => typeof value === 'boolean' || value instanceof HttpRequest,
)
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const ABOUT_BODY: ReadonlySet<string> = new Set([
  'content-type',
  'content-language',
  'content-encoding',
  'content-location',
  'content-length',
  // RFC 9530, and what was there before it.
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
])
