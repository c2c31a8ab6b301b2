/*
 * An HTTP proxy that passes requests on itself, each with the whole URL of what it asks for (RFC 9112, section 3.2.2): for
 * `http:`, where many proxies give no tunnels. It must not know how requests are written.
 */

import { formatEndpoint, type Endpoint, type NetError } from '@net/core'
import { addContext, harmless, netError } from '@net/core/authoring'

import type { DialOptions } from '../dialer.ts'
import { roadOperation } from '../dial-operation.ts'
import { socketErrors } from '../errors.ts'
import type { Transport } from '../transport.ts'
import type { HttpProxy } from './connect-dialer.ts'
import { askerAt, reach, type Asker } from './hop.ts'
import { unauthorized, type LoginTalk } from './http-login.ts'

/** The way to a proxy that passes requests on. */
export interface Forwarder {
  /** Connects to the proxy, for requests to the endpoint; a dial as any other. */
  dial(endpoint: Endpoint, options?: DialOptions): Promise<ForwardingProxy>
}

/** A connection to such a proxy. */
export interface ForwardingProxy {
  readonly transport: Transport
  /**
   * What the proxy alone is to read with the next request: names and values in turn. The target is what the request line
   * has, with the scheme and the host in front.
   */
  fieldsFor(method: string, target: string): readonly string[]
  /**
   * To be called with each answer, and the values of its `Proxy-Authenticate`. Returns an error for 407, `NET_PROXY_AUTH`: the
   * proxy wants to know who asks. `again` says whether the request may be sent again, once, with the fields that `fieldsFor`
   * gives then, over this connection or another one; where it may not, both are of no use.
   */
  answered(status: number, text: string, challenges: readonly string[]): ForwardRefusal | undefined
}

/** A proxy refused a request, because it does not know who asks. */
export interface ForwardRefusal {
  readonly error: NetError
  readonly again: boolean
}

/** The way to the proxy, for requests that it passes on. */
export function forwarderOf({ hop, login: logins }: HttpProxy): Forwarder {
  return {
    dial(endpoint, options) {
      const { kind: protocol, login } = hop
      const secrets = login?.owner
      const spec = { protocol, operation: 'dial', endpoint, errors: socketErrors, secrets }
      return roadOperation(spec, options, async (op) => {
        const asker = await askerAt(hop, options, op)
        const login = asker === undefined ? undefined : logins.talk(asker.who)
        const transport = await reach(hop, options, op)
        return new Forwarding(transport, { login, asker, place: formatEndpoint(hop.proxy) })
      })
    },
  }
}

interface ForwardingParts {
  readonly login: LoginTalk | undefined
  readonly asker: Asker | undefined
  /** The proxy. */
  readonly place: string
}

class Forwarding implements ForwardingProxy {
  readonly transport: Transport
  readonly #parts: ForwardingParts
  #isKnown = false

  constructor(transport: Transport, parts: ForwardingParts) {
    this.transport = transport
    this.#parts = parts
  }

  fieldsFor(method: string, target: string): readonly string[] {
    const { login } = this.#parts
    const authorization = login?.authorization({ method, target })
    return authorization === undefined ? NO_FIELDS : ['proxy-authorization', authorization]
  }

  answered(
    status: number,
    text: string,
    challenges: readonly string[],
  ): ForwardRefusal | undefined {
    const { login, asker } = this.#parts
    if (status !== 407) {
      login?.accepted()
      if (!this.#isKnown) asker?.accepted()
      this.#isKnown = true
      return undefined
    }
    const again = login?.refused(challenges) === true
    if (!again) asker?.rejected()
    return { error: this.#refusal(harmless(text), challenges, again), again }
  }

  #refusal(text: string, challenges: readonly string[], again: boolean): NetError {
    const { login, place } = this.#parts
    const error = again
      ? netError('NET_PROXY_AUTH', {
          message: 'the proxy asks for another login, and the request cannot be sent again',
          reply: { status: 407, text },
        })
      : unauthorized(text, login !== undefined, challenges)
    return addContext(error, { phase: 'proxy', endpoint: place })
  }
}

const NO_FIELDS: readonly string[] = []
