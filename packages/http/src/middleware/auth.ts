/*
 * Adds the caller's credentials to a request without any. Runs outside of the redirects, so that what a redirect
 * dropped does not come back.
 */

import type { HttpAuth } from '../auth.ts'
import type { Call } from '../call.ts'
import type { Middleware } from '../handler.ts'
import type { HttpRequest } from '../request.ts'
import type { HttpResponse } from '../response.ts'

/** The layer. Asks a callback once more, if it has another answer, when the server refuses the first one. */
export function authenticate(auth: HttpAuth, call: Call): Middleware {
  return async (request, next) => {
    if (request.headers.has('authorization')) return next(request)
    const asking = {
      // Made on first read only, and few ways to log in read it.
      get signal() {
        return call.op.signal
      },
      url: request.url,
    }
    const authorization = await auth.authorization(asking)
    if (authorization === undefined) return next(request)
    const response = await told(authorization)
    const repeatable = request.body?.replayable !== false && stayed(request, response)
    if (response.status !== REFUSED || !repeatable || !auth.refused(authorization)) return response
    response.body.cancel()
    const other = await auth.authorization(asking)
    return other === undefined ? next(request) : told(other)

    async function told(value: string): Promise<HttpResponse> {
      const answer = await next(request.with({ headers: { authorization: value } }))
      if (answer.status !== REFUSED && stayed(request, answer)) auth.accepted?.(value)
      return answer
    }
  }
}

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
