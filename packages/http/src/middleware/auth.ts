/*
 * Adds the caller's credentials to a request without any. Runs outside of the redirects, so that what a redirect
 * dropped does not come back.
 */

import { isPromise } from 'node:util/types'

import { isNetError } from '@net/core'
import { callerFault, guarded } from '@net/core/authoring'
import { parseChallenges } from '@net/socket/road'

import type { AuthRequest, HttpAuth } from '../auth.ts'
import type { Middleware } from '../handler.ts'
import { isLedAway } from '../request-marks.ts'
import type { HttpRequest } from '../request.ts'
import type { HttpResponse } from '../response.ts'
import { foreign } from './compose.ts'

/** The layer. Asks a callback once more, if it has another answer, when the server refuses the first one. */
export function authenticate(auth: HttpAuth, call: AuthenticatedCall): Middleware {
  return async (request, next) => {
    if (request.headers.has('authorization')) return next(request)
    const asking = new RequestOfCall(call, request.url)
    const authorization = await asked(() => auth.authorization(asking))
    if (authorization === undefined) return next(request)
    const response = await told(authorization)
    const repeatable = request.body?.replayable !== false && stayed(request, response)
    if (response.status !== REFUSED || !repeatable || !mayHelp(response)) return response
    if (!(await asked(() => auth.refused(authorization)))) return response
    response.body.cancel()
    const other = await asked(() => auth.authorization(asking))
    return other === undefined ? next(request) : told(other)

    async function told(value: string): Promise<HttpResponse> {
      const answer = await next(request.with({ headers: { authorization: value } }))
      if (answer.status !== REFUSED && stayed(request, answer)) tellAccepted(auth, value)
      return answer
    }
  }
}

/** The layer of a way to log in that takes several steps: one request on its way to its origin. */
export function inSteps(
  auth: HttpAuth,
  exchange: NonNullable<HttpAuth['exchange']>,
  call: AuthenticatedCall,
): Middleware {
  let home: string | undefined
  return foreign(async (request, next) => {
    home ??= request.origin
    // Another origin gets nothing that proves who is asking.
    if (request.headers.has('authorization') || isLedAway(request) || request.origin !== home)
      return next(request)
    return exchange.call(auth, request, next, new RequestOfCall(call, request.url))
  })
}

interface AuthenticatedCall {
  readonly op: { readonly signal: AbortSignal }
}

/** For what is asked. No object with a getter of its own: V8 makes a hidden class for each, which keeps the call for a long time. */
class RequestOfCall implements AuthRequest {
  readonly url: URL
  readonly #call: AuthenticatedCall

  constructor(call: AuthenticatedCall, url: URL) {
    this.#call = call
    this.url = url
  }

  /** Made on first read only, and few ways to log in read it. */
  get signal(): AbortSignal {
    return this.#call.op.signal
  }
}

/** What a way to log in of the caller's own throws reaches the caller as it is. */
async function asked<T>(ask: () => T): Promise<Awaited<T>> {
  try {
    return await ask()
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
}

/** Another token helps a server that says what is wrong with this one only if it says that the token is (RFC 6750 section 3.1). */
function mayHelp({ headers }: HttpResponse): boolean {
  const said = parseChallenges(headers.get('www-authenticate') ?? '')
  const errors = said.flatMap(({ scheme, params }) =>
    scheme === 'bearer' ? (params.get('error') ?? []) : [],
  )
  return errors.length === 0 || errors.includes('invalid_token')
}

/** The server has done what it was asked for, even where the way to log in cannot hear of it. */
function tellAccepted(auth: HttpAuth, value: string): void {
  try {
    const told: unknown = auth.accepted?.(value)
    if (isPromise(told)) told.catch(warn)
  } catch (error) {
    warn(error)
  }
}

const warn = guarded('accepted() of a way to log in', (error: unknown) => {
  throw error
})

/** Whether the server that answered got what proves who is asking: a redirect to another origin drops that. */
function stayed({ origin }: HttpRequest, { history, url }: HttpResponse): boolean {
  if (history.length === 0) return true
  // The first entry is the request's own.
  return [...history.slice(1).map((entry) => entry.url), url].every((each) =>
    isWithin(each, origin),
  )
}

function isWithin(url: string, origin: string): boolean {
  return URL.parse(url)?.origin === origin
}

const REFUSED = 401
