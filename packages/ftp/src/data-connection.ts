/*
 * Data connections: where the server waits, how we get there, and TLS that resumes the session of the control
 * connection. They go to the host of the control connection only, down the same road.
 */

import { TLSSocket } from 'node:tls'

import {
  ConnectError,
  ConnectionLostError,
  isNetError,
  ProxyError,
  type Endpoint,
  type NetError,
} from '@net/core'
import { netError, own } from '@net/core/authoring'
import type { Dialer, TlsOptions, Transport } from '@net/socket'

import { secureData } from './data-tls.ts'
import type { Dialog } from './dialog.ts'
import { extendedPort, passivePort } from './passive.ts'
import { isPositive } from './reply.ts'
import { replyError } from './errors.ts'

/** What data connections are made of. */
export interface DataRoad {
  readonly dialer: Dialer
  readonly tls: TlsOptions
}

/** Makes the data connections of one session. */
export class DataConnections {
  readonly #road: DataRoad
  readonly #control: Transport
  #session: Uint8Array | undefined
  /** The way that has worked; EPSV is tried first. */
  #way: 'EPSV' | 'PASV' | undefined

  constructor(road: DataRoad, control: Transport) {
    this.#road = road
    this.#control = control
    // With TLS 1.3 the session that can be resumed arrives some time after the handshake.
    control.duplex?.on('session', (session: Uint8Array) => {
      this.#session = session
    })
  }

  /** Asks the server where it waits and connects; TLS comes with `protect`. */
  async open(dialog: Dialog): Promise<Transport> {
    const extended = this.#way === 'PASV' ? undefined : await this.#byEpsv(dialog)
    if (extended !== undefined && !isNetError(extended)) return extended
    try {
      const data = await this.#byPasv(dialog)
      this.#way = 'PASV'
      return data
    } catch (error) {
      // A server without PASV had only one way to fail.
      throw extended !== undefined && isRefusal(error) ? extended : error
    }
  }

  /** Speaks TLS over a data connection if the control connection does, as the same host and in the same session. */
  async protect({ op }: Dialog, data: Transport): Promise<Transport> {
    const { info, duplex } = this.#control
    if (!info.encrypted || !(duplex instanceof TLSSocket)) return data
    return secureData(op, data, {
      tls: this.#road.tls,
      name: own(this.#road.tls, 'servername') ?? info.endpoint.host,
      session: this.#session ?? duplex.getSession(),
    })
  }

  /** Resolves to the error where PASV is worth trying; firewalls that read 227 need not read 229. */
  async #byEpsv(dialog: Dialog): Promise<Transport | NetError> {
    try {
      const reply = await dialog.op.phase('command', () => dialog.ask('EPSV'))
      if (reply.status !== 229) throw replyError(reply, 'EPSV')
      const data = await this.#dial(dialog, extendedPort(reply))
      this.#way = 'EPSV'
      return data
    } catch (error) {
      const isOver = dialog.op.signal.aborted || dialog.control.failure !== undefined
      // What has worked is broken now, and over IPv6 there is no other way.
      if (isOver || this.#way === 'EPSV' || this.#isVersion6() || !isWorthPasv(error)) throw error
      return error
    }
  }

  async #byPasv(dialog: Dialog): Promise<Transport> {
    const reply = await dialog.op.phase('command', () => dialog.ask('PASV'))
    if (!isPositive(reply)) throw replyError(reply, 'PASV')
    return this.#dial(dialog, passivePort(reply))
  }

  #dial({ op }: Dialog, port: number): Promise<Transport> {
    // Full packets: over TLS the tail of each write would be a packet of its own. Our end pushes the last one.
    const bulk = { ...op.within, noDelay: false }
    return this.#road.dialer.dial(this.#endpoint(port), bulk)
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

/** Whether EPSV failed in a way that need not be the way of PASV. */
function isWorthPasv(error: unknown): error is NetError {
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

function isRefusal(error: unknown): boolean {
  return isNetError(error) && error.reply !== undefined
}
