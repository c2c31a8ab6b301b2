/* What a test server has for requests: its routes, its faults, and what it has seen. It must not know any connection. */

import { isError, pause } from '@net/core/authoring'

import type { ArrivingRequest } from './seen-request.ts'
import { HttpFaults, type HttpFault } from './faults.ts'
import { replyShape, type Reply, type Route, type RouteExchange } from './route.ts'

/** How long a test server waits, in milliseconds. */
export interface ServerLimits {
  /** For the rest of a head whose first byte has come. Default 10,000. */
  readonly head?: number | undefined
  /** For more of a body. Default 60,000. */
  readonly body?: number | undefined
  /** For the next request on a connection. Default 60,000. */
  readonly idle?: number | undefined
  /** How many bytes a head may have. Default 65,536. */
  readonly headBytes?: number | undefined
  /**
   * How many requests a client of HTTP/2 may cancel before they were answered, on one connection and within ten seconds; the
   * connection then ends with ENHANCE_YOUR_CALM. Default 200.
   */
  readonly resets?: number | undefined
  /** How many connections; those beyond are reset. Default 10,000. */
  readonly connections?: number | undefined
}

/** What all connections of a server share. */
export class Site {
  readonly received: ArrivingRequest[] = []
  readonly faults: HttpFaults = new HttpFaults()
  readonly limits: ServerLimits
  readonly #routes: ReadonlyMap<string, Route>
  readonly #cuts = new Set<() => void>()

  constructor(routes: Readonly<Record<string, Route>>, limits: ServerLimits) {
    this.#routes = new Map(Object.entries(routes))
    this.limits = limits
  }

  /** A connection is served; `cut` ends it at once. */
  opened(cut: () => void): Disposable {
    this.#cuts.add(cut)
    return { [Symbol.dispose]: () => void this.#cuts.delete(cut) }
  }

  /** Ends all connections. */
  cut(): void {
    for (const cut of this.#cuts) cut()
  }

  /** Takes note of a request; gives the fault that it is to suffer. */
  meet(request: ArrivingRequest): HttpFault | undefined {
    this.received.push(request)
    return this.faults.at(request.method, request.path)
  }

  /** The reply of the fault or of the route; of a route that throws, it says so. Never rejects. */
  async reply(
    fault: HttpFault | undefined,
    request: ArrivingRequest,
    exchange: RouteExchange,
  ): Promise<Reply> {
    const what = fault?.do
    try {
      if (typeof what === 'object' && 'reply' in what) return final(what.reply)
      if (typeof what === 'object' && (fault?.after ?? 0) === 0) await pause(what.delay)
      const route = this.#routeOf(request) ?? missing(request)
      const reply = typeof route === 'function' ? await route(request, exchange) : route
      return final(replyShape.take(reply, 'the reply'))
    } catch (error) {
      return failed(request, error)
    }
  }

  #routeOf({ method, path }: ArrivingRequest): Route | undefined {
    const slash = path.indexOf('/', 1)
    const all = slash < 0 ? [path, '*'] : [path, `${path.slice(0, slash)}/*`, '*']
    for (const each of all) {
      const route = this.#routes.get(`${method} ${each}`) ?? this.#routes.get(each)
      if (route !== undefined) return route
    }
    return undefined
  }
}

/** A client waits behind what is no final answer. Throws for one that is none. */
function final(reply: Reply): Reply {
  const { status = 200, raw, connection } = reply
  if (status >= 200 || raw !== undefined || connection !== undefined) return reply
  throw new Error(
    `${status} is no final status; give it as interim, or 101 together with connection`,
  )
}

function missing({ path }: ArrivingRequest): Reply {
  return { status: 404, headers: TEXT, body: `there is no ${path}\n` }
}

function failed({ method, path }: ArrivingRequest, error: unknown): Reply {
  const why = isError(error) ? error.message : String(error)
  return { status: 500, headers: TEXT, body: `the route of ${method} ${path} failed: ${why}\n` }
}

const TEXT = { 'content-type': 'text/plain' }
