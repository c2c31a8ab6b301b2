/* A transport that is still being dialed: what is asked of it waits until it is there. */

import type { Duplex } from 'node:stream'

import type { Endpoint } from '@net/core'

import { handled } from './handled.ts'
import type { ConnectionInfo, Transport } from './transport.ts'

/** Stands for a transport to come; `stop` ends the dial. */
export class PendingTransport implements Transport {
  declare duplex?: Duplex
  readonly #coming: Promise<Transport>
  readonly #stop: (reason: unknown) => void
  #info: ConnectionInfo
  #there: Transport | undefined

  constructor(endpoint: Endpoint, coming: Promise<Transport>, stop: (reason: unknown) => void) {
    this.#info = { endpoint, hops: [], encrypted: false }
    this.#stop = stop
    this.#coming = handled(
      coming.then((transport) => {
        this.#there = transport
        this.#info = transport.info
        if (transport.duplex !== undefined) this.duplex = transport.duplex
        return transport
      }),
    )
  }

  /** Settles when it is connected, or cannot be. */
  get connected(): Promise<void> {
    return this.#coming.then(() => {})
  }

  get info(): ConnectionInfo {
    return this.#info
  }

  async read(): Promise<Uint8Array | null> {
    return (this.#there ?? (await this.#coming)).read()
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    await (this.#there ?? (await this.#coming)).write(chunks)
  }

  async flush(): Promise<void> {
    const transport = this.#there ?? (await this.#coming)
    await (transport.flush?.() ?? transport.write([]))
  }

  async end(): Promise<void> {
    await (this.#there ?? (await this.#coming)).end()
  }

  async close(): Promise<void> {
    const transport = this.#there ?? (await this.#coming.catch(() => undefined))
    await transport?.close()
  }

  abort(reason?: unknown): void {
    if (this.#there === undefined) {
      this.#stop(reason)
      // A dial that has just succeeded.
      void this.#coming.then(
        (transport) => transport.abort(reason),
        () => {},
      )
    } else this.#there.abort(reason)
  }
}
