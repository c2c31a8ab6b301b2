/*
 * From an origin to a connection: dials, adds TLS if the scheme requires it, and passes the transport to the engine of the
 * protocol that both sides agreed on.
 */

import { isNetError, type NetError } from '@net/core'
import { addContext, lazyModule, type Operation } from '@net/core/authoring'
import type { TlsOptions, Transport } from '@net/socket'
import { secure, toSocket } from '@net/socket/road'

import type { ConnectionEvents, HttpConnection, SharedConnection } from './connection.ts'
import type { Http2Connection, PingConsent } from './engine/http2.ts'
import type { ClientCodecOptions } from './http1/client-codec.ts'
import { Http1Connection } from './http1/connection.ts'
import { hostOf, type Road } from './road.ts'
import { TlsVariants } from './tls-variants.ts'

/** How a client reaches servers. */
export interface ConnectorOptions extends ClientCodecOptions {
  readonly road: Road
  readonly tls: TlsOptions | undefined
  /** The origin to which alone the client's certificate is shown; undefined for all. */
  readonly home: string | undefined
  /** Whether HTTP/2 is offered to servers with TLS. */
  readonly http2: boolean
  /** For how many milliseconds an unused connection is kept. */
  readonly idleTime?: number | undefined
  /** Tells it from the other connectors of its client; default ''. */
  readonly name?: string | undefined
}

/** Where a connection leads. */
export interface Destination {
  readonly url: URL
  /** Without what proves who asks, such as the client's certificate. */
  readonly bare: boolean
  /** In place of the client's. */
  readonly tls?: TlsOptions | undefined
}

/** Makes connections. */
export class Connector {
  readonly #options: ConnectorOptions
  readonly #variants = new TlsVariants()
  /** Origins of servers that want to be asked for signs of life no more. */
  readonly #calm = new Set<string>()

  constructor(options: ConnectorOptions) {
    this.#options = options
  }

  /** Whether a connection to this server may carry several exchanges. */
  mayShare(origin: string): boolean {
    return this.#options.http2 && origin.startsWith('https:')
  }

  /** Whether the client would prove to this server who asks; `own` is the TLS of the call. */
  proves(origin: string, own: TlsOptions | undefined): boolean {
    const { tls, home } = this.#options
    if (!origin.startsWith('https:')) return false
    return own !== undefined || (tls?.cert !== undefined && (home === undefined || home === origin))
  }

  /** What tells its connections apart from others to the same origin; '' for those of most calls. */
  variant(bare: boolean, own: TlsOptions | undefined): string {
    const { name = '' } = this.#options
    if (!bare && own === undefined) return name
    return `${name} ${bare ? 'bare ' : ''}${own === undefined ? '' : this.#variants.idOf(own)}`
  }

  /** Connects within the operation: its signal and limits hold. Rejects with a NetError and leaves nothing behind then. */
  async connect(
    to: Destination,
    op: Operation,
    events: ConnectionEvents,
  ): Promise<HttpConnection | SharedConnection> {
    let stopped: NetError | undefined
    const forget = op.onAbort((reason) => {
      stopped = reason
    })
    try {
      const { url } = to
      const { lenient, maxHeaderBytes, idleTime } = this.#options
      const rules = { lenient, maxHeaderBytes, idleTime }
      const forwarding = await this.#options.road.forward(url, op)
      if (forwarding !== undefined) {
        const { transport } = forwarding
        return new Http1Connection(transport, { host: url.host, ...rules, forwarding }, events)
      }
      const alpn = this.#options.http2 ? BOTH : ONE
      const transport = await this.#road(to, op, alpn)
      if (transport.info.tls?.alpn === 'h2')
        return await shared(transport, url, { op, events, ...rules, pings: this.#pingsTo(url) })
      return new Http1Connection(transport, { host: url.host, ...rules }, events)
    } catch (error) {
      // The dial knows the phase; the operation that ended it knows the reason.
      if (stopped === undefined || !isNetError(error)) throw error
      throw error.phase === undefined ? stopped : addContext(stopped, { phase: error.phase })
    } finally {
      forget()
    }
  }

  /** The road to the server, for what is no exchange of the pool; never with HTTP/2, and through proxies by tunnels. */
  transport(to: Destination, op: Operation): Promise<Transport> {
    return this.#road(to, op, ONE)
  }

  async #road(to: Destination, op: Operation, alpn: string[]): Promise<Transport> {
    const { road } = this.#options
    const { url } = to
    const transport = await road.dial(url, op)
    if (url.protocol !== 'https:') return transport
    const tls = this.#tlsFor(to)
    const servername = tls?.servername ?? hostOf(url)
    return secure(transport, { ...tls, servername, alpn }, op.within)
  }

  #pingsTo({ origin }: URL): PingConsent {
    const calm = this.#calm
    return {
      get isRefused() {
        return calm.has(origin)
      },
      refused: () => void calm.add(origin),
    }
  }

  #tlsFor({ url, bare, tls: own }: Destination): TlsOptions | undefined {
    const { tls, home } = this.#options
    const client = tls === undefined ? tls : clientsTls(tls, { isHome: isHome(url, home), bare })
    if (own === undefined) return client
    return { ...client, ...(bare ? nameless(anybodys(own)) : own) }
  }
}

function isHome({ origin }: URL, home: string | undefined): boolean {
  return home === undefined || home === origin
}

function clientsTls(
  tls: TlsOptions,
  { isHome, bare }: { readonly isHome: boolean; readonly bare: boolean },
): TlsOptions {
  if (!isHome) return nameless(anybodys(tls))
  return bare ? anybodys(tls) : tls
}

/** Without what proves who asks. */
function anybodys(tls: TlsOptions): TlsOptions {
  const { cert: _, key: _key, passphrase: _passphrase, session: _session, ...others } = tls
  return others
}

function nameless(tls: TlsOptions): TlsOptions {
  const { servername: _, ...others } = tls
  return others
}

interface Surroundings {
  readonly op: Operation
  readonly events: ConnectionEvents
  readonly maxHeaderBytes: number | undefined
  readonly idleTime: number | undefined
  readonly pings: PingConsent
}

/** A connection of HTTP/2, once the settings of the server have arrived. */
async function shared(
  transport: Transport,
  url: URL,
  { op, ...options }: Surroundings,
): Promise<Http2Connection> {
  const { Http2Connection: Http2 } = await engine()
  const connection = new Http2(toSocket(transport), url, options)
  const forget = op.onAbort(() => connection.destroy())
  try {
    await op.phase('greeting', () => connection.ready)
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  } finally {
    forget()
  }
}

const ONE = ['http/1.1']
const BOTH = ['h2', 'http/1.1']
const engine = /* @__PURE__ */ lazyModule(() => import('./engine/http2.ts'))
