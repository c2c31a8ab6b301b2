/* What can go wrong with an answer, on purpose: which, when and how often. It must not know how it is done. */

import { option, optionsObject } from '@net/core/authoring'
import { actionWith, FaultRules, isFor, type FaultWord } from '@net/socket/testing'

/** An answer in place of the route's. */
export interface CannedReply {
  /** Default 200. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly body?: string | Uint8Array | undefined
}

/**
 * What happens: another answer, a delay in milliseconds, the connection closed (`drop`), reset, left open without a
 * word more (`stall`), closed in our direction only (`half-close`), or nonsense on it (`garbage`). In HTTP/2 `reset` and
 * `half-close` are those of the stream, and `garbage` is its body.
 */
export type HttpFaultAction =
  | { readonly reply: CannedReply }
  | { readonly delay: number }
  | FaultWord

/** A fault of a test server. */
export interface HttpFault {
  /** Which requests: a path, a method and path such as `GET /json`, or a pattern for the latter. Default any. */
  readonly on?: string | RegExp | undefined
  /**
   * After how many bytes of the answer, head included; in HTTP/2, of its body. Default 0: instead of an answer. Another
   * answer has none.
   */
  readonly after?: number | undefined
  /** How many requests it befalls. Default 1. */
  readonly times?: number | undefined
  readonly do: HttpFaultAction
}

/** The faults of a server that are still to happen. */
export class HttpFaults {
  readonly #rules = new FaultRules<HttpFault>({
    protocol: 'http',
    actions: [
      actionWith<{ readonly reply: CannedReply }>('reply', {
        reply: optionsObject<CannedReply>({
          status: option.between(100, 999),
          headers: option.record(option.oneOrMore(option.text)),
          body: option.either<string | Uint8Array>([option.text, option.binary]),
        }),
      }),
    ],
  })

  /** Arms a fault. Throws `NET_BAD_OPTION`. */
  add(given: HttpFault): void {
    this.#rules.add(given)
  }

  /** The fault for this request; it is used up by it. */
  at(method: string, path: string): HttpFault | undefined {
    const line = `${method} ${path}`
    return this.#rules.take((fault) => {
      // A path is the whole path: `/a` is not `/ab`.
      if (typeof fault.on === 'string') return fault.on === path || fault.on === line
      return isFor(fault, line)
    })
  }

  /** Reports those that never happened. */
  end(): void {
    this.#rules.end()
  }
}
