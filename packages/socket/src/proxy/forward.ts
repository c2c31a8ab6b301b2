/*
 * An HTTP proxy that passes requests on itself, each with the whole URL of what it asks for (RFC 9112, section 3.2.2): for
 * `http:`, where many proxies give no tunnels. It must not know how requests are written.
 */

import { formatEndpoint, type Endpoint } from '@net/core'
import { addContext } from '@net/core/authoring'

import type { Dialer, DialOptions } from '../dialer.ts'
import { roadOperation } from '../dial-operation.ts'
import { socketErrors } from '../errors.ts'
import type { Transport } from '../transport.ts'
import { schemesIn, unauthorized } from './connect-codec.ts'
import { httpProxy } from './connect-dialer.ts'
import { askerAt, reach, type Asker } from './hop.ts'

/** The way to a proxy that passes requests on. */
export interface Forwarder {
  /** Connects to the proxy, for requests to the endpoint; a dial as any other. */
  dial(endpoint: Endpoint, options?: DialOptions): Promise<ForwardingProxy>
}

/** A connection to such a proxy. */
export interface ForwardingProxy {
  readonly transport: Transport
  /** What the proxy alone is to read with each request: names and values in turn. */
  readonly fields: readonly string[]
  /**
   * To be called with each answer, and what its `Proxy-Authenticate` says. Throws `NET_PROXY_AUTH` for 407: the proxy wants
   * to know who asks, and the connection is of no use.
   */
  answered(status: number, text: string, challenges: readonly string[]): void
}

/** The way to the proxy of this URL. Throws like `connectDialer`. */
export function httpForwarder(url: string | URL, via: Dialer): Forwarder {
  const { hop, authorize } = httpProxy(url, { via })
  return {
    dial(endpoint, options) {
      const { kind: protocol, login } = hop
      const secrets = login?.owner
      const spec = { protocol, operation: 'dial', endpoint, errors: socketErrors, secrets }
      return roadOperation(spec, options, async (op) => {
        const asker = await askerAt(hop, options, op)
        const fields = asker === undefined ? [] : ['proxy-authorization', authorize(asker.who)]
        const transport = await reach(hop, options, op)
        return new Forwarding(transport, { fields, asker, place: formatEndpoint(hop.proxy) })
      })
    },
  }
}

interface ForwardingParts {
  readonly fields: readonly string[]
  readonly asker: Asker | undefined
  /** The proxy. */
  readonly place: string
}

class Forwarding implements ForwardingProxy {
  readonly transport: Transport
  readonly fields: readonly string[]
  readonly #asker: Asker | undefined
  readonly #place: string
  #isKnown = false

  constructor(transport: Transport, { fields, asker, place }: ForwardingParts) {
    this.transport = transport
    this.fields = fields
    this.#asker = asker
    this.#place = place
  }

  answered(status: number, text: string, challenges: readonly string[]): void {
    if (status === 407) {
      this.#asker?.rejected()
      const schemes = challenges.flatMap(schemesIn)
      const error = unauthorized(text, this.#asker !== undefined, schemes)
      throw addContext(error, { phase: 'proxy', endpoint: this.#place })
    }
    if (!this.#isKnown) this.#asker?.accepted()
    this.#isKnown = true
  }
}
