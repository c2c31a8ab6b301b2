/*
 * Redirects: follows them, and takes care that nothing which was meant for one origin reaches another one, and that
 * a request over TLS gets no response without TLS.
 */

import { claimSecrets, netError, option, optionsObject, type Shape } from '@net/core/authoring'

import type { Middleware } from '../call.ts'
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

/** The layer; secrets in a Location belong to `owner`, the call. Rejects with `NET_REDIRECT_LIMIT`, `NET_REDIRECT_FORBIDDEN` and `NET_BODY_NOT_REPLAYABLE`. */
export function redirect(limit: number, owner: number): Middleware {
  return async (request, next) => {
    const history: HistoryEntry[] = []
    for (let current = request; ;) {
      const response = await next(current)
      const location = targetOf(response)
      if (location === undefined) return withHistory(response, history)
      const { status, url, headers } = response
      history.push({ status, url: url === '' ? current.url.href : url, headers })
      response.body.cancel()
      if (history.length > limit) {
        throw netError('NET_REDIRECT_LIMIT', {
          message: `there were more than ${limit} redirects`,
          limit,
        })
      }
      current = follow(current, status, location)
      claimSecrets(current.url, owner)
    }
  }
}

/** The target of the redirect; undefined if the response is not a redirect. */
function targetOf(response: HttpResponse): string | undefined {
  return REDIRECTS.has(response.status) ? response.headers.get('location') : undefined
}

function withHistory(response: HttpResponse, history: readonly HistoryEntry[]): HttpResponse {
  return history.length > 0 && response instanceof Answer ? response.with({ history }) : response
}

function follow(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = allowed(request.url, location)
  const sameOrigin = url.origin === request.url.origin
  const { method, body } = nextMethod(request, status)
  const dropped = body === undefined
  return request.with({
    url,
    method,
    body: body ?? null,
    headers: request.headers.filter(
      (name) => !(dropped && ABOUT_BODY.has(name)) && (sameOrigin || isHarmless(name)),
    ),
  })
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

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const ABOUT_BODY: ReadonlySet<string> = new Set([
  'content-type',
  'content-language',
  'content-encoding',
  'content-location',
  'content-length',
])
