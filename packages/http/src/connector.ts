/* From an origin to a connection: the road is dialed, secured if the scheme says so, and handed to the engine. */

import { isNetError, type NetError } from '@net/core'
import { addContext, own, type ClientContext, type Operation } from '@net/core/authoring'
import { secure, toSocket, type Dialer, type TlsOptions, type Transport } from '@net/socket'

import type { ConnectionEvents, HttpConnection } from './connection.ts'
import { loadEngine, type OpenConnection } from './engine/undici.ts'

/** How a client reaches servers. */
export interface ConnectorOptions {
  readonly dialer: Dialer
  /** The Unix socket to dial whatever the URL says. */
  readonly path: string | undefined
  readonly tls: TlsOptions | undefined
  readonly client: ClientContext
}

/** Makes connections. */
export class Connector {
  readonly #options: ConnectorOptions

  constructor(options: ConnectorOptions) {
    this.#options = options
  }

  /** Whether no byte leaves this machine. */
  get local(): boolean {
    return this.#options.path !== undefined
  }

  /** Connects within the operation: its signal and limits hold. Rejects with a NetError and leaves nothing behind then. */
  async connect(url: URL, op: Operation, events: ConnectionEvents): Promise<HttpConnection> {
    let stopped: NetError | undefined
    const forget = op.onAbort((reason) => {
      stopped = reason
    })
    try {
      const open = engine ?? (engine = await loadEngine())
      const transport = await this.#road(url, op)
      return open(toSocket(transport), url.origin, events)
    } catch (error) {
      // The dial tells where it was; why it ended is told best by who ended it.
      if (stopped === undefined || !isNetError(error)) throw error
      throw error.phase === undefined ? stopped : addContext(stopped, { phase: error.phase })
    } finally {
      forget()
    }
  }

  async #road(url: URL, op: Operation): Promise<Transport> {
    const { dialer, path, tls, client } = this.#options
    const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
    const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port)
    const { resolve, connect, proxy, tls: handshake } = op.limits
    const common = { signal: op.signal, parent: op.id, client }
    const endpoint =
      path === undefined
        ? { scheme: 'tcp', host, port: port ?? 0 }
        : { scheme: 'unix', host: '', port: 0, path }
    const transport = await dialer.dial(endpoint, {
      ...common,
      timeout: { resolve, connect, proxy },
    })
    if (url.protocol !== 'https:') return transport
    const options = { ...tls, servername: own(tls, 'servername') ?? host, alpn: ['http/1.1'] }
    return secure(transport, options, { ...common, timeout: { tls: handshake } })
  }
}

/** Loaded by the first call of the process, so that importing this package costs nothing. */
let engine: OpenConnection | undefined

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
