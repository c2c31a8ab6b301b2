/*
 * Redirects: follows them, and takes care that nothing which was meant for one origin reaches another one, and that
 * a request over TLS gets no response without TLS.
 */

import { isUtf8 } from 'node:buffer'

import { netError, option, optionsObject, type Shape } from '@net/core/authoring'

import { isHarmless } from '../headers.ts'
import { protectParams } from '../params.ts'
import type { HttpRequest } from '../request.ts'
import { Answer, type HistoryEntry, type HttpResponse } from '../response.ts'

/** How redirects are followed. */
export interface RedirectOptions {
  /** How many in a row. Default 20. */
  readonly limit?: number | undefined
}

/** The option `redirect`: whether, how many, or how. */
export const redirectShape: Shape<boolean | number | RedirectOptions> = option.either<
  boolean | number | RedirectOptions
>(
  [option.flag, option.size, optionsObject<RedirectOptions>({ limit: option.size })],
  'true, false, a number of redirects or { limit }',
)

/** Where the response redirects to; undefined if it does not. Throws `NET_PROTO_MALFORMED` if it names two places. */
export function targetOf(response: HttpResponse): string | undefined {
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
export function withHistory(
  response: HttpResponse,
  history: readonly HistoryEntry[] | undefined,
): HttpResponse {
  return history !== undefined && response instanceof Answer ? response.with({ history }) : response
}

/** The redirects so far, with that of this response; its body is given up. Throws `NET_REDIRECT_LIMIT`. */
export function historyWith(
  response: HttpResponse,
  request: HttpRequest,
  { before, limit }: { readonly before: readonly HistoryEntry[]; readonly limit: number },
): readonly HistoryEntry[] {
  const { status, url, headers, body } = response
  body.cancel()
  if (before.length >= limit) {
    const message = `there were more than ${limit} redirects`
    throw netError('NET_REDIRECT_LIMIT', { message, limit })
  }
  return [...before, { status, url: url === '' ? request.url.href : url, headers }]
}

/** The request that a redirect asks for. Throws `NET_REDIRECT_FORBIDDEN`, `NET_BAD_URL` and `NET_BODY_NOT_REPLAYABLE`. */
export function follow(request: HttpRequest, status: number, location: string): HttpRequest {
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
  if (!sameOrigin || away.has(request)) away.add(next)
  return next
}

/** Whether another origin had a say in where this request goes: nothing that proves who is asking goes with it. */
export function isLedAway(request: HttpRequest): boolean {
  return away.has(request)
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

const away = new WeakSet<HttpRequest>()
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const ABOUT_BODY: ReadonlySet<string> = new Set([
  'content-type',
  'content-language',
  'content-encoding',
  'content-location',
  'content-length',
])
