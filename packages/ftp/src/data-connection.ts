/*
 * Data connections: where the server waits and how we get there, or where we wait for it, and TLS that resumes the session of the control
 * connection. They go to the host of the control connection only, down the same road.
 */

import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'

import {
  ConnectError,
  ConnectionLostError,
  isNetError,
  ProxyError,
  type Endpoint,
  type NetError,
} from '@net/core'
import { addContext, clock, netError, own } from '@net/core/authoring'
import type { Dialer, TlsOptions, Transport } from '@net/socket'

import { announce, AwaitedData, plain } from './active.ts'
import type { FtpDataOptions, PassiveWay } from './client-options.ts'
import { secureData } from './data-tls.ts'
import type { Dialog } from './dialog.ts'
import { extendedPort, passiveHost, passivePort } from './passive.ts'
import { isPositive, type FtpReply } from './reply.ts'
import { replyError } from './errors.ts'

/** What data connections are made of. */
export interface DataRoad {
  readonly dialer: Dialer
  readonly tls: TlsOptions
  readonly options?: FtpDataOptions | undefined
}

/** A data connection, or one that the server makes once it has begun. */
export type OpenedData = Transport | AwaitedData

/** Makes the data connections of one session. */
export class DataConnections {
  readonly #road: DataRoad
  readonly #control: Transport
  readonly #options: FtpDataOptions
  readonly #ways: readonly PassiveWay[]
  #session: Uint8Array | undefined
  /** The way that has worked. */
  #way: PassiveWay | undefined
  #announced: 'EPRT' | 'PORT' | undefined
  /** Where the server waits for the transfer of the next call, and when it said so, and of the one that has its turn. */
  #next: { readonly reply: FtpReply; readonly at: number } | undefined
  #told: FtpReply | undefined

  constructor(road: DataRoad, control: Transport) {
    this.#road = road
    this.#control = control
    this.#options = road.options ?? {}
    this.#ways = this.#options.passive ?? ['EPSV', 'PASV']
    // With TLS 1.3 the session that can be resumed arrives some time after the handshake.
    control.duplex?.on('session', (session: Uint8Array) => {
      this.#session = session
    })
  }

  /**
   * Asks the server where it waits and connects, or listens and tells it where; TLS comes with `protect`. Rejects with
   * the failure of the way that was tried last.
   */
  async open(dialog: Dialog): Promise<OpenedData> {
    if (this.#options.mode === 'active') return this.#listen(dialog)
    const ways = this.#way === undefined ? this.#ways : [this.#way]
    let failure: NetError | undefined
    for (const [at, way] of ways.entries()) {
      try {
        const data = await this.#by(dialog, way)
        this.#way = way
        return data
      } catch (error) {
        // A server without PASV had only one way to fail.
        if (failure !== undefined && isRefusal(error)) throw failure
        if (at === ways.length - 1 || !this.#isWorthAnother(dialog, error)) throw error
        failure = error
      }
    }
    throw failure ?? noWay()
  }

  /** What a transfer will ask the server first; undefined where that is not known yet. */
  get question(): PassiveWay | undefined {
    return this.#options.mode === 'active' ? undefined : this.#way
  }

  /** The server has answered the question for the call that comes next. */
  toldAhead(reply: FtpReply): void {
    this.#next = { reply, at: clock().now() }
  }

  /** Another call begins. It uses an answer that was asked ahead only if that is fresh. */
  begin(): void {
    const next = this.#next
    this.#told = next !== undefined && clock().now() - next.at < FRESH ? next.reply : undefined
    this.#next = undefined
  }

  /** Speaks TLS over a data connection if the control connection does, as the same host and in the same session. */
  async protect({ op }: Dialog, data: Transport): Promise<Transport> {
    const { info, duplex } = this.#control
    if (!info.encrypted || !(duplex instanceof TLSSocket)) return data
    if (this.#options.protection === 'clear') return data
    return secureData(op, data, {
      tls: this.#road.tls,
      name: own(this.#road.tls, 'servername') ?? info.endpoint.host,
      session: this.#session ?? duplex.getSession(),
      group: info.tls?.group,
    })
  }

  async #by(dialog: Dialog, way: PassiveWay): Promise<Transport> {
    const told = this.#told
    this.#told = undefined
    if (told !== undefined) {
      try {
        return await this.#to(dialog, way, told)
      } catch (error) {
        // The server may have stopped listening since: ask again.
        if (dialog.op.signal.aborted || dialog.control.failure !== undefined) throw error
      }
    }
    return this.#to(dialog, way, await dialog.op.phase('command', () => dialog.ask(way)))
  }

  async #to(dialog: Dialog, way: PassiveWay, reply: FtpReply): Promise<Transport> {
    if (way === 'EPSV') {
      if (reply.status !== 229) throw replyError(reply, way)
      return this.#dial(dialog, this.#endpoint(extendedPort(reply)))
    }
    if (!isPositive(reply)) throw replyError(reply, way)
    const endpoint = this.#endpoint(passivePort(reply))
    const told = this.#options.dangerouslyTrustAddress === true ? passiveHost(reply) : undefined
    return this.#dial(dialog, told === undefined ? endpoint : { ...endpoint, host: told })
  }

  /** Firewalls that read 227 need not read 229. Over IPv6 there is no PASV. */
  #isWorthAnother({ op, control }: Dialog, error: unknown): error is NetError {
    if (op.signal.aborted || control.failure !== undefined || this.#isVersion6()) return false
    return isWorthAnother(error)
  }

  async #listen(dialog: Dialog): Promise<AwaitedData> {
    const { local, remote, hops } = this.#control.info
    const { address, ports } = this.#options
    const { dialer } = this.#road
    if (local === undefined) throw noLocalAddress()
    const host = hops.length === 0 && remote?.scheme === 'tcp' ? plain(remote.host) : undefined
    const data = await AwaitedData.listen({ dialer, address, ports }, local, host)
    try {
      const told = address ?? plain(local.host)
      this.#announced = await announce(dialog, told, data.port, this.#announced)
      return data
    } catch (error) {
      data.abort()
      throw error
    }
  }

  async #dial({ op }: Dialog, endpoint: Endpoint): Promise<Transport> {
    // Full packets: over TLS the tail of each write would be a packet of its own. Our end pushes the last one.
    const bulk = { ...op.within, noDelay: false }
    try {
      return await this.#road.dialer.dial(endpoint, bulk)
    } catch (error) {
      // The hop resolves the name once more, and may come to another of its addresses.
      const isByName = this.#control.info.hops.length > 0 && isIP(endpoint.host) === 0
      throw isByName ? elsewhere(error, endpoint.host) : error
    }
  }

  #isVersion6(): boolean {
    return this.#control.info.remote?.host.includes(':') === true
  }

  #endpoint(port: number): Endpoint {
    const { endpoint, hops, remote } = this.#control.info
    // A name may have several addresses; the server that waits is at the one we reached. Behind a hop only the hop knows.
    const direct = hops.length === 0 && remote?.scheme === 'tcp'
    const host = direct ? remote.host : endpoint.host
    if (host === '') {
      throw netError('NET_UNSUPPORTED', {
        message: 'the control connection has no host for data connections',
      })
    }
    return { scheme: 'tcp', host, port }
  }
}

/** Whether one way failed as the other one need not. */
function isWorthAnother(error: unknown): error is NetError {
  if (!isNetError(error)) return false
  return (
    error.reply !== undefined ||
    error.code === 'NET_PROTO_MALFORMED' ||
    error.code === 'NET_TIMEOUT_CONNECT' ||
    error instanceof ConnectError ||
    error instanceof ProxyError ||
    error instanceof ConnectionLostError
  )
}

/** The error for a data port that was refused behind a hop. */
function elsewhere(error: unknown, host: string): unknown {
  if (!(error instanceof ConnectError) && !(error instanceof ProxyError)) return error
  const message = `${error.message} (${host} may have several addresses, of which the hop took another one than for the control connection: connect by address)`
  const { phase, retry, reply, errors } = error
  return addContext(netError(error.code, { message, cause: error }), {
    phase,
    retry,
    reply,
    errors,
  })
}

function noWay(): NetError {
  return netError('NET_UNSUPPORTED', { message: 'data: { passive } names no way' })
}

function noLocalAddress(): NetError {
  return netError('NET_UNSUPPORTED', {
    message: 'active mode needs a control connection with an address of its own',
  })
}

function isRefusal(error: unknown): boolean {
  return isNetError(error) && error.reply !== undefined
}

/** In milliseconds: a call that waited comes at once; later a firewall may have closed the port, or somebody else may have it. */
const FRESH = 1000
