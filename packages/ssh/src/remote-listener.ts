/* Connections that come to a place on the SSH server, taken one by one. It must not know what is done with them. */

import type { Endpoint } from '@net/core'
import type { Operation } from '@net/core/authoring'
import { fromSocket, type Hop, type Transport, type TransportListener } from '@net/socket'

import type { ForwardedConnection, ForwardPlace, RemoteListening } from './engine/ssh2-forwards.ts'
import type { SshSession } from './engine/ssh2.ts'

/** Where to listen. */
export interface RemoteListenerSpec {
  readonly endpoint: Endpoint
  readonly place: ForwardPlace
  /** The road to the SSH server, and itself. */
  readonly hops: readonly Hop[]
}

/** A listener on the SSH server. */
export class RemoteListener implements TransportListener {
  address: Endpoint
  readonly #spec: RemoteListenerSpec
  readonly #queue: Transport[] = []
  #waiting: ((transport: Transport | null) => void) | undefined
  #listening: RemoteListening | undefined
  #closing: Promise<void> | undefined

  private constructor(spec: RemoteListenerSpec) {
    this.#spec = spec
    this.address = spec.endpoint
  }

  /** Has the server listen. Rejects with `NET_REPLY_TEMPORARY` where it does not. */
  static async open(
    session: SshSession,
    spec: RemoteListenerSpec,
    op: Operation,
  ): Promise<RemoteListener> {
    const listener = new RemoteListener(spec)
    const come = (connection: ForwardedConnection): void => listener.#come(connection)
    const listening = await session.forwards.listen(spec.place, come, op)
    listener.#listening = listening
    if (!('path' in spec.place)) {
      listener.address = Object.freeze({ ...spec.endpoint, port: listening.port })
    }
    // With the connection the server listens no more.
    void session.closed.then(() => listener.close())
    return listener
  }

  accept(): Promise<Transport | null> {
    const next = this.#queue.shift()
    if (next !== undefined) return Promise.resolve(next)
    if (this.#closing !== undefined) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const transport of this.#queue.splice(0)) transport.abort()
    this.#waiting?.(null)
    this.#waiting = undefined
    await this.#listening?.cancel()
  }

  #come({ stream, from }: ForwardedConnection): void {
    const { endpoint, hops } = this.#spec
    const scheme = endpoint.scheme
    const peer = from === undefined ? this.address : { scheme, ...from }
    const transport = fromSocket(stream, { endpoint: peer, hops, encrypted: true })
    if (this.#closing !== undefined) transport.abort()
    else if (this.#waiting === undefined) this.#queue.push(transport)
    else this.#waiting(transport)
    this.#waiting = undefined
  }
}
