/* How layers become one handler: the first one is the outermost. */

import { isNetError } from '@net/core'
import { callerFault } from '@net/core/authoring'

import type { Handler, Middleware } from '../call.ts'

/** One handler of a handler and the layers around it. */
export function compose(layers: readonly Middleware[], handler: Handler): Handler {
  return layers.reduceRight<Handler>((next, layer) => (request) => layer(request, next), handler)
}

/** A layer of the caller's, whose own errors reach the caller as they are. */
export function foreign(layer: Middleware): Middleware {
  return async (request, next) => {
    try {
      return await layer(request, next)
    } catch (error) {
      throw isNetError(error) ? error : callerFault(error)
    }
  }
}
