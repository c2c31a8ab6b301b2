/*
 * From an origin to a connection: dials, adds TLS if the scheme requires it, and passes the transport to the engine of the
 * protocol that both sides agreed on.
 */

import { isNetError, type NetError } from '@net/core'
import { addContext, type Operation } from '@net/core/authoring'
import { secure, toSocket, type TlsOptions, type Transport } from '@net/socket'

import type { ConnectionEvents, HttpConnection, SharedConnection } from './connection.ts'
import type { Http2Connection } from './engine/http2.ts'
import { Http1Connection } from './http1/connection.ts'
import { hostOf, type Road } from './road.ts'

/** How a client reaches servers. */
export interface ConnectorOptions {
  readonly road: Road
  readonly tls: TlsOptions | undefined
  /** The origin to which alone the client's certificate is shown; undefined for all. */
  readonly home: string | undefined
  /** Whether HTTP/2 is offered to servers with TLS. */
  readonly http2: boolean
  /** Whether lines of HTTP/1.1 may end with LF alone. */
  readonly lenient?: boolean | undefined
}

/** Where a connection leads. */
export interface Destination {
  readonly url: URL
  /** Without the client's certificate. */
  readonly bare: boolean
}

/** Makes connections. */
export class Connector {
  readonly #options: ConnectorOptions

  constructor(options: ConnectorOptions) {
    this.#options = options
  }

  /** Whether a connection to this server may carry several exchanges. */
  mayShare(origin: string): boolean {
    return this.#options.http2 && origin.startsWith('https:')
  }

  /** Whether the client has a certificate that it would show to this server. */
  hasCertificate(origin: string): boolean {
    const { tls, home } = this.#options
    if (tls?.cert === undefined || !origin.startsWith('https:')) return false
    return home === undefined || home === origin
  }

  /** Connects within the operation: its signal and limits hold. Rejects with a NetError and leaves nothing behind then. */
  async connect(
    { url, bare }: Destination,
    op: Operation,
    events: ConnectionEvents,
  ): Promise<HttpConnection | SharedConnection> {
    let stopped: NetError | undefined
    const forget = op.onAbort((reason) => {
      stopped = reason
    })
    try {
      const alpn = this.#options.http2 ? BOTH : ONE
      const transport = await this.#road({ url, bare }, op, alpn)
      if (transport.info.tls?.alpn === 'h2') return await shared(transport, url, { op, events })
      const { lenient } = this.#options
      return new Http1Connection(transport, { host: url.host, lenient }, events)
    } catch (error) {
      // The dial knows the phase; the operation that ended it knows the reason.
      if (stopped === undefined || !isNetError(error)) throw error
      throw error.phase === undefined ? stopped : addContext(stopped, { phase: error.phase })
    } finally {
      forget()
    }
  }

  /** The road to the server, for what is no exchange of the pool; never with HTTP/2. */
  transport(to: Destination, op: Operation): Promise<Transport> {
    return this.#road(to, op, ONE)
  }

  async #road({ url, bare }: Destination, op: Operation, alpn: string[]): Promise<Transport> {
    const { road } = this.#options
    const transport = await road.dial(url, op)
    if (url.protocol !== 'https:') return transport
    const tls = this.#tlsFor(url, bare)
    const servername = tls?.servername ?? hostOf(url)
    return secure(transport, { ...tls, servername, alpn }, op.within)
  }

  #tlsFor({ origin }: URL, bare: boolean): TlsOptions | undefined {
    const { tls, home } = this.#options
    if (tls === undefined) return tls
    const { cert: _, key: _key, passphrase: _passphrase, session: _session, ...anybody } = tls
    const { servername: _name, ...others } = anybody
    if (home !== undefined && home !== origin) return others
    return bare ? anybody : tls
  }
}

interface Surroundings {
  readonly op: Operation
  readonly events: ConnectionEvents
}

/** A connection of HTTP/2, once the settings of the server have arrived. */
async function shared(
  transport: Transport,
  url: URL,
  { op, events }: Surroundings,
): Promise<Http2Connection> {
  const { Http2Connection: Http2 } = await import('./engine/http2.ts')
  const connection = new Http2(toSocket(transport), url, events)
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
