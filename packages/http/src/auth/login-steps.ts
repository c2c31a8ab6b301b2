/* A way to log in of the caller's own that takes several steps. */

import { argument, inCall, option } from '@net/core/authoring'

import type { AuthRequest, HttpAuth } from '../auth.ts'
import type { Handler } from '../handler.ts'
import type { HttpRequest } from '../request.ts'
import type { HttpResponse } from '../response.ts'

/** Leads one request to its answer; see `HttpAuth.exchange`. */
export type LoginExchange = (
  request: HttpRequest,
  send: Handler,
  asking: AuthRequest,
) => Promise<HttpResponse>

/**
 * A login by steps of the caller's own, such as a signature over each request or an answer to a challenge of the server's:
 * the function sends the request as often as it needs, with what it adds, and gives the last answer. Throws `NET_BAD_OPTION`.
 */
export function loginSteps(name: string, exchange: LoginExchange): HttpAuth {
  return inCall({ protocol: 'http', call: 'loginSteps' }, () => {
    argument('the name', option.text, name)
    argument('the exchange', option.callback<LoginExchange>(), exchange)
    return { name, exchange, authorization: () => undefined, refused: () => false }
  })
}
