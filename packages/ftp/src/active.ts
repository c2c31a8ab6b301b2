/*
 * Active mode: we listen, and the server connects to us (RFC 959, section 4.1.2; RFC 2428). One connection is taken, and
 * from the host of the control connection only.
 */

import type { Endpoint, NetError } from '@net/core'
import { netError, stoppable } from '@net/core/authoring'
import type { Dialer, Transport, TransportListener } from '@net/socket'

import type { Dialog } from './dialog.ts'
import { isNotKnown, replyError } from './errors.ts'
import { isPositive, type FtpReply } from './reply.ts'

/** Where we listen. */
export interface ActiveRoad {
  readonly dialer: Dialer
  /** The address to announce to the server; default that of the control connection. */
  readonly address: string | undefined
  /** The first and the last port that may be used; default any. */
  readonly ports: readonly number[] | undefined
}

/** A data connection that the server is to make. */
export class AwaitedData {
  readonly #listener: TransportListener
  /** The only host that may connect; undefined where the control connection does not tell. */
  readonly #host: string | undefined

  private constructor(listener: TransportListener, host: string | undefined) {
    this.#listener = listener
    this.#host = host
  }

  /** Listens on the address of the control connection. Rejects with `NET_UNSUPPORTED` where the road cannot, `NET_BIND_…` where no port is free. */
  static async listen(
    road: ActiveRoad,
    local: Endpoint,
    remote: string | undefined,
  ): Promise<AwaitedData> {
    const { dialer, ports = [0, 0] } = road
    if (dialer.listen === undefined) throw cannotListen(`the road ${dialer.name} cannot listen`)
    const [first = 0, last = first] = ports
    for (let port = first; ; port++) {
      try {
        const listener = await dialer.listen({ scheme: 'tcp', host: local.host, port })
        return new AwaitedData(listener, remote)
      } catch (error) {
        if (port >= last) throw error
      }
    }
  }

  get port(): number {
    return this.#listener.address.port
  }

  /** The connection of the server; connections of others are ended. Rejects when the operation is stopped. */
  async accept({ op }: Dialog): Promise<Transport> {
    const coming = this.#fromHost()
    try {
      return await op.phase('connect', () => stoppable(op, coming, () => this.abort()))
    } catch (error) {
      // It may have come in the same turn.
      endLate(coming)
      throw error
    } finally {
      this.abort()
    }
  }

  /** Listens no longer. */
  abort(): void {
    this.#listener.close().catch(() => {})
  }

  async #fromHost(): Promise<Transport> {
    for (;;) {
      const transport = await this.#listener.accept()
      if (transport === null) throw cannotListen('the listener for the data connection was closed')
      const { remote } = transport.info
      if (this.#host === undefined || remote === undefined || plain(remote.host) === this.#host) {
        return transport
      }
      transport.abort()
    }
  }
}

/** Ends a connection that comes after its call has ended. */
export function endLate(coming: Promise<Transport>): void {
  coming.then(
    (transport) => transport.abort(),
    () => {},
  )
}

/** Tells the server where we listen: EPRT, else PORT where the address has a form for it. Gives what worked. Rejects with the server's refusal. */
export async function announce(
  dialog: Dialog,
  address: string,
  port: number,
  way: 'EPRT' | 'PORT' | undefined,
): Promise<'EPRT' | 'PORT'> {
  const isVersion6 = address.includes(':')
  const say = (command: string): Promise<FtpReply> =>
    dialog.op.phase('command', () => dialog.ask(command))
  if (way !== 'PORT') {
    const reply = await say(`EPRT |${isVersion6 ? 2 : 1}|${address}|${port}|`)
    if (isPositive(reply)) return 'EPRT'
    const error = replyError(reply, 'EPRT')
    if (isVersion6 || !isNotKnown(error)) throw refusedAddress(reply, 'EPRT', address)
  }
  const reply = await say(`PORT ${[...address.split('.'), port >> 8, port & 255].join(',')}`)
  if (!isPositive(reply)) throw refusedAddress(reply, 'PORT', address)
  return 'PORT'
}

/** An IPv4 address as it is written without the prefix of IPv6. */
export function plain(host: string): string {
  return host.replace(/^::ffff:(?=\d+\.)/i, '')
}

function refusedAddress(reply: FtpReply, command: string, address: string): NetError {
  const error = replyError(reply, command)
  return netError(error.code, {
    message: `the server refused to connect to ${address}; data: { address } says what it is told: ${reply.text}`,
    reply: { status: reply.status, text: reply.text },
  })
}

function cannotListen(message: string): NetError {
  return netError('NET_UNSUPPORTED', { message })
}
