/*
 * Data connections: where the server waits, how we get there, and TLS that resumes the session of the control
 * connection. They go to the host of the control connection only, down the same road.
 */

import { TLSSocket } from 'node:tls'

import type { Endpoint } from '@net/core'
import { netError, own } from '@net/core/authoring'
import type { Dialer, TlsOptions, Transport } from '@net/socket'

import { secureData } from './data-tls.ts'
import type { Dialog } from './dialog.ts'
import { extendedPort, passivePort } from './passive.ts'
import { isPositive, type FtpReply } from './reply.ts'
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
  #extended = true

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
    const port = await dialog.op.phase('command', () => this.#port(dialog))
    return this.#road.dialer.dial(this.#endpoint(port), dialog.op.within)
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

  async #port(dialog: Dialog): Promise<number> {
    if (this.#extended) {
      const reply = await dialog.ask('EPSV')
      if (isPositive(reply)) return dialog.read(() => extendedPort(reply))
      if (!NOT_KNOWN.has(reply.status) || this.#isVersion6()) throw replyError(reply, 'EPSV')
      this.#extended = false
    }
    const reply: FtpReply = await dialog.ask('PASV')
    if (!isPositive(reply)) throw replyError(reply, 'PASV')
    return dialog.read(() => passivePort(reply))
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
      throw netError('NET_UNSUPPORTED', { message: 'there is no host to connect to for data' })
    }
    return { scheme: 'tcp', host, port }
  }
}

// What servers answer that have never heard of RFC 2428, or do not do it over this protocol.
const NOT_KNOWN: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 522])
