/* How layers become one handler: the first one is the outermost. */

import { isNetError } from '@net/core'
import { argument, callerFault, refused, shape, type Shape } from '@net/core/authoring'

import type { Handler, Middleware } from '../handler.ts'
import { HttpRequest } from '../request.ts'
import { ClientResponse, type HttpResponse } from '../response.ts'

/** One handler of a handler and the layers around it. */
export function compose(layers: readonly Middleware[], handler: Handler): Handler {
  return layers.reduceRight<Handler>((next, layer) => (request) => layer(request, next), handler)
}

/** A layer of the caller's, whose own errors reach the caller as they are. */
export function foreign(layer: Middleware): Middleware {
  return async (request, next) => {
    const onwards: Handler = (given) =>
      given instanceof HttpRequest
        ? next(given)
        : Promise.reject(refused(A_REQUEST, given, 'what next() gets'))
    try {
      return checked('a middleware', await layer(request, onwards))
    } catch (error) {
      throw fault(error)
    }
  }
}

/** A handler of the caller's, likewise. */
export function foreignHandler(handler: Handler): Handler {
  return async (request) => {
    try {
      return checked('handler', await handler(request))
    } catch (error) {
      throw fault(error)
    }
  }
}

function checked(who: string, given: unknown): HttpResponse {
  return given instanceof ClientResponse ? given : argument(`what ${who} returns`, response, given)
}

function fault(error: unknown): unknown {
  return isNetError(error) ? error : callerFault(error)
}

/** A copy by spread has neither its URL nor its methods. */
const A_REQUEST = 'the request of the middleware, or a copy of it by request.with({ … })'
const response: Shape<HttpResponse> = shape(
  'an answer: that of next(), or of createResponse()',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['status', 'headers', 'body', 'closed'].every((name) => name in value),
)
