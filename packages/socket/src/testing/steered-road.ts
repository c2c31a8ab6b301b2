/*
 * A road that a check steers while it is in use: silent, cut, or byte by byte. It counts what was dialed and what is
 * open, and knows no protocol.
 */

import type { NetError } from '@net/core'
import { closedError, netError } from '@net/core/authoring'

import type { Dialer } from '../dialer.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'

/** How what the peer sends arrives: as it comes, one byte at a time, or not at all for now. */
export type Arrival = 'whole' | 'bytewise' | 'silent'

/** All transports that one dialer has made. */
export class SteeredRoad {
  readonly dialer: Dialer
  arrival: Arrival = 'whole'
  /** How many connections were made. */
  dialed = 0
  /** How many bytes were sent. */
  sent = 0
  readonly #open = new Set<SteeredTransport>()
  readonly #changed = new Set<() => void>()

  constructor(below: Dialer) {
    this.dialer = {
      name: `steered ${below.name}`,
      dial: async (endpoint, options) => {
        const transport = new SteeredTransport(await below.dial(endpoint, options), this)
        this.dialed += 1
        this.#open.add(transport)
        this.tell()
        return transport
      },
      ...(below.listen === undefined ? {} : { listen: below.listen.bind(below) }),
    }
  }

  /** How many connections are neither closed nor given up. */
  get open(): number {
    return this.#open.size
  }

  /** What the peer sends arrives like this from here on; what was held back comes then. */
  steer(arrival: Arrival): void {
    this.arrival = arrival
    this.tell()
  }

  /** Every open connection is lost, as by a reset of the peer. */
  cut(): void {
    for (const transport of this.#open) transport.cut()
    this.tell()
  }

  /** Resolves once the condition holds. */
  async until(condition: (road: SteeredRoad) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#changed.add(resolve)
      })
    }
  }

  /** Something has changed: for the transports. */
  tell(): void {
    const waiting = [...this.#changed]
    this.#changed.clear()
    for (const resolve of waiting) resolve()
  }

  /** A transport is gone: for the transports. */
  left(transport: SteeredTransport): void {
    this.#open.delete(transport)
    this.tell()
  }
}

class SteeredTransport implements Transport {
  readonly info: ConnectionInfo
  readonly #inner: Transport
  readonly #road: SteeredRoad
  #rest: Uint8Array | null | undefined
  #failure: NetError | undefined

  constructor(inner: Transport, road: SteeredRoad) {
    this.info = inner.info
    this.#inner = inner
    this.#road = road
  }

  async read(): Promise<Uint8Array | null> {
    // What was held back is the next one's, also where the read that brought it has failed.
    if (this.#rest === undefined) this.#rest = await this.#received()
    await this.#road.until(({ arrival }) => arrival !== 'silent' || this.#failure !== undefined)
    if (this.#failure !== undefined) throw this.#failure
    const chunk = this.#rest
    this.#rest = undefined
    if (chunk === null || this.#road.arrival === 'whole' || chunk.length < 2) return chunk
    this.#rest = chunk.subarray(1)
    return chunk.slice(0, 1)
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const size = chunks.reduce((total, { length }) => total + length, 0)
    await this.#inner.write(chunks).catch((error: unknown) => {
      throw this.#failure ?? error
    })
    this.#road.sent += size
    this.#road.tell()
  }

  async flush(): Promise<void> {
    await (this.#inner.flush?.() ?? this.#inner.write([]))
  }

  end(): Promise<void> {
    return this.#inner.end()
  }

  async close(): Promise<void> {
    this.#failure ??= closedError()
    await this.#inner.close()
    this.#road.left(this)
  }

  abort(reason?: unknown): void {
    this.#failure ??= closedError()
    this.#inner.abort(reason)
    this.#road.left(this)
  }

  /** As if the peer had reset it; its owner must still let it go. */
  cut(): void {
    this.#failure ??= netError('NET_CONN_RESET', { message: 'the connection was reset' })
    this.#inner.abort()
  }

  async #received(): Promise<Uint8Array | null> {
    try {
      return await this.#inner.read()
    } catch (error) {
      throw this.#failure ?? error
    }
  }
}
