/*
 * Adds the caller's credentials to a request without any. Runs outside of the redirects, so that what a redirect
 * dropped does not come back.
 */

import type { HttpAuth } from '../auth.ts'
import type { Call, Middleware } from '../call.ts'
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
    const repeatable = request.body?.replayable !== false && response.history.length === 0
    if (response.status !== REFUSED || !repeatable || !auth.refused(authorization)) return response
    response.body.cancel()
    const other = await auth.authorization(asking)
    return other === undefined ? next(request) : told(other)

    async function told(value: string): Promise<HttpResponse> {
      const answer = await next(request.with({ headers: { authorization: value } }))
      // After a redirect to another origin the server did not get it.
      if (answer.status !== REFUSED && answer.history.length === 0) auth.accepted?.(value)
      return answer
    }
  }
}

const REFUSED = 401
