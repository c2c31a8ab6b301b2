/*
 * The road of a URL: direct, by a proxy, by a dialer of the caller's, or to one Unix socket
 * for all. It must not know HTTP.
 */

import type { Endpoint } from '@net/core'
import { netError, type Operation, type Taken } from '@net/core/authoring'
import type { ChosenRoad, ForwardingProxy, RoadExplanation, Transport } from '@net/socket'
import { chooseRoad } from '@net/socket/road'

import type { ClientOptions } from './client-options.ts'

type RoadOptions = Pick<ClientOptions, 'dialer' | 'proxy' | 'proxyLogin' | 'block' | 'unixSocket'>

/** The road of a client. */
export class Road {
  readonly #chosen: ChosenRoad
  readonly #path: string | undefined

  /** Throws `NET_BAD_OPTION` for options that contradict each other, `NET_BAD_URL` for a proxy that is not valid. */
  constructor(options: Taken<RoadOptions>) {
    this.#path = options.unixSocket
    const other = options.dialer ?? options.proxy ?? false
    if (this.#path !== undefined && other !== false) {
      throw netError('NET_BAD_OPTION', {
        message: 'unixSocket cannot be used with dialer or proxy',
      })
    }
    const { dialer, proxy, proxyLogin, block } = options
    this.#chosen = chooseRoad({ dialer, proxy, proxyLogin, block }, 'environment')
  }

  /** Whether no byte to this URL leaves this machine, whatever its host is called. */
  get local(): boolean {
    return this.#path !== undefined
  }

  /** Describes the road, without connecting. */
  explain(url: URL): RoadExplanation {
    if (this.#path !== undefined) return { hops: [], why: 'unixSocket' }
    return this.#chosen.explain(this.#endpoint(url))
  }

  /** Connects to the host of the URL, without TLS, within the operation. */
  dial(url: URL, op: Operation): Promise<Transport> {
    return this.#chosen.dialer.dial(this.#endpoint(url), op.within)
  }

  /** Connects to the proxy that passes requests to the URL on, where there is one; undefined where there is a tunnel. */
  forward(url: URL, op: Operation): Promise<ForwardingProxy> | undefined {
    if (url.protocol !== 'http:' || this.#path !== undefined) return undefined
    const endpoint = this.#endpoint(url)
    return this.#chosen.forwarder(endpoint)?.dial(endpoint, op.within)
  }

  #endpoint(url: URL): Endpoint {
    if (this.#path !== undefined) return { scheme: 'unix', host: '', port: 0, path: this.#path }
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port)
    return { scheme: url.protocol.slice(0, -1), host: hostOf(url), port: port ?? 0 }
  }
}

/** The host of a URL; IPv6 without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
