/*
 * A long and narrow road: what is sent arrives half a round trip later, at no more than so many bytes a second. For benchmarks
 * and tests of what waits for answers.
 */

import {
  argument,
  clock,
  copyOf,
  inCall,
  netError,
  option,
  optionsDoor,
  sizeOf,
  type OptionsDoor,
} from '@net/core/authoring'
import type { NetError } from '@net/core'

import { dialer as isDialer, type Dialer } from '../dialer.ts'
import { handled } from '../handled.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'

/** Options of `delayed`. */
export interface DelayedOptions {
  /** Bytes a second in each direction; default no limit. */
  readonly bandwidth?: number | undefined
}

/**
 * A dialer whose connections have this round trip in milliseconds, also for connecting: what is sent arrives half of it later.
 * Up to 1 MiB of each direction is on its way; beyond that a write waits.
 */
export function delayed(dialer: Dialer, roundTrip: number, options?: DelayedOptions): Dialer {
  const { bandwidth = Infinity } = delayedDoor(options)
  inCall({ protocol: 'socket', call: 'delayed' }, () => {
    argument('the dialer', isDialer, dialer)
    argument('the round trip', option.milliseconds, roundTrip)
  })
  return {
    name: `delayed ${dialer.name}`,
    async dial(endpoint, dialOptions) {
      const transport = await dialer.dial(endpoint, dialOptions)
      await pause(roundTrip)
      return new DelayedTransport(transport, () => new Line(roundTrip / 2, bandwidth / 1000))
    },
    ...(dialer.listen === undefined ? {} : { listen: dialer.listen.bind(dialer) }),
  }
}

/** When bytes arrive that are sent now. */
class Line {
  readonly #delay: number
  readonly #rate: number
  #freeAt = 0

  constructor(delay: number, bytesPerMillisecond: number) {
    this.#delay = delay
    this.#rate = bytesPerMillisecond
  }

  /** The moment at which so many bytes have arrived. */
  due(size: number): number {
    this.#freeAt = Math.max(clock().now(), this.#freeAt) + size / this.#rate
    return this.#freeAt + this.#delay
  }
}

interface Arriving {
  readonly chunk: Uint8Array | null
  readonly due: number
}

class DelayedTransport implements Transport, AsyncDisposable {
  readonly info: ConnectionInfo
  declare readonly closed?: Promise<NetError | undefined>
  readonly #inner: Transport
  readonly #out: Line
  readonly #in: Line
  /** What was written and has not arrived. */
  #sending: Promise<void> = Promise.resolve()
  #under = 0
  readonly #arriving: Arriving[] = []
  #held = 0
  #failure: NetError | undefined
  #changed = Promise.withResolvers<void>()
  #isPumping = false

  constructor(inner: Transport, line: () => Line) {
    this.info = inner.info
    if (inner.closed !== undefined) this.closed = inner.closed
    this.#inner = inner
    this.#out = line()
    this.#in = line()
  }

  async read(): Promise<Uint8Array | null> {
    if (!this.#isPumping) void this.#pump()
    for (;;) {
      const next = this.#arriving[0]
      if (next !== undefined) {
        await pause(next.due - clock().now())
        this.#arriving.shift()
        this.#held -= next.chunk?.length ?? 0
        this.#tell()
        // The end stays where it is.
        if (next.chunk === null) this.#arriving.push(next)
        return next.chunk
      }
      this.#refuseLost()
      await this.#changed.promise
    }
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    this.#refuseLost()
    const size = sizeOf(chunks)
    const copies = chunks.map(copyOf)
    const due = this.#out.due(size)
    this.#under += size
    this.#later(due, async () => {
      await this.#inner.write(copies)
      this.#under -= size
      this.#tell()
    })
    while (this.#under >= WINDOW && this.#failure === undefined) await this.#changed.promise
    this.#refuseLost()
  }

  async flush(): Promise<void> {
    await this.#sending
    this.#refuseLost()
  }

  async end(): Promise<void> {
    this.#later(this.#out.due(0), () => this.#inner.end())
    await this.flush()
  }

  async close(): Promise<void> {
    await this.#sending
    await this.#inner.close()
    this.#fail(netError('NET_CLOSED', { message: 'the connection is closed' }))
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason)
    this.#fail(netError('NET_ABORTED', { message: 'the connection was aborted', cause: reason }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
  }

  /** Does it at that moment, after what was begun before. */
  #later(due: number, run: () => Promise<void>): void {
    this.#sending = handled(
      this.#sending
        .then(() => pause(due - clock().now()))
        .then(run)
        .catch((error: unknown) => this.#fail(error)),
    )
  }

  async #pump(): Promise<void> {
    this.#isPumping = true
    try {
      for (;;) {
        while (this.#held >= WINDOW && this.#failure === undefined) await this.#changed.promise
        const chunk = await this.#inner.read()
        this.#arriving.push({ chunk, due: this.#in.due(chunk?.length ?? 0) })
        this.#held += chunk?.length ?? 0
        this.#tell()
        if (chunk === null) return
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #refuseLost(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #fail(error: unknown): void {
    // Transports fail with errors of ours alone.
    this.#failure ??= error as NetError
    this.#tell()
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

function pause(milliseconds: number): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    clock().after(milliseconds, resolve)
  })
}

const WINDOW = 1_048_576
const delayedDoor: OptionsDoor<DelayedOptions> = optionsDoor<DelayedOptions>(
  { protocol: 'socket', call: 'delayed' },
  { bandwidth: option.count },
  { rate: 'bandwidth', bytesPerSecond: 'bandwidth' },
)
