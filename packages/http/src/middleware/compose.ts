/* How layers become one handler: the first one is the outermost. */

import { isNetError } from '@net/core'
import { argument, callerFault, shape, type Shape } from '@net/core/authoring'

import type { Handler, Middleware } from '../handler.ts'
import { ClientResponse, type HttpResponse } from '../response.ts'

/** One handler of a handler and the layers around it. */
export function compose(layers: readonly Middleware[], handler: Handler): Handler {
  return layers.reduceRight<Handler>((next, layer) => (request) => layer(request, next), handler)
}

/** A layer of the caller's, whose own errors reach the caller as they are. */
export function foreign(layer: Middleware): Middleware {
  return (request, next) => answered('a middleware', () => layer(request, next))
}

/** A handler of the caller's, likewise. */
export function foreignHandler(handler: Handler): Handler {
  return (request) => answered('handler', () => handler(request))
}

async function answered(who: string, answer: () => Promise<HttpResponse>): Promise<HttpResponse> {
  let given: unknown
  try {
    given = await answer()
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
  return given instanceof ClientResponse ? given : argument(`what ${who} returns`, response, given)
}

const response: Shape<HttpResponse> = shape(
  'an answer: that of next(), or of createResponse()',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['status', 'headers', 'body', 'closed'].every((name) => name in value),
)
