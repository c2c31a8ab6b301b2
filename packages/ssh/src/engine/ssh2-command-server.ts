/* What runs in a session of the server half: a command, a shell or a subsystem, in our own words. */

import { forgetWritten } from './ssh2-internals.ts'
import type { EngineChannel } from './ssh2-types.ts'

/** Something that is being run. */
export interface ServedCommand {
  readonly stdin: AsyncIterable<Uint8Array>
  /** Resolves to false if the client is gone. */
  write(name: 'stdout' | 'stderr', data: Uint8Array): Promise<boolean>
  exit(status: number): void
  exitSignal(name: string): void
  close(): void
  /** Resolves once the channel is closed. */
  readonly closed: Promise<void>
}

/** Something that is being run in a channel of ssh2. */
export class EngineServedCommand implements ServedCommand {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly closed: Promise<void>
  readonly #channel: EngineChannel
  readonly #left: PromiseWithResolvers<void> = Promise.withResolvers()
  #writing: Promise<void> | undefined
  #gone = false

  constructor(channel: EngineChannel) {
    this.#channel = channel
    this.closed = this.#left.promise
    this.stdin = {
      [Symbol.asyncIterator]: () => channel.iterator({ destroyOnReturn: false }),
    }
    channel.once('close', () => this.gone())
  }

  /** The client has closed the channel, or is gone. */
  gone(): void {
    this.#gone = true
    this.#channel.resume()
    this.#left.resolve()
  }

  /** One after the other: ssh2 mixes up what waits for room on both outputs. */
  async write(name: 'stdout' | 'stderr', data: Uint8Array): Promise<boolean> {
    while (this.#writing !== undefined) await this.#writing
    if (this.#gone || data.length === 0) return !this.#gone
    const stream = name === 'stdout' ? this.#channel : this.#channel.stderr
    const written = new Promise<boolean>((resolve) => {
      stream.write(data, () => {
        forgetWritten(this.#channel)
        resolve(true)
      })
    })
    const settled = Promise.race([written, this.closed.then(() => false)])
    const over = settled.then(() => {
      if (this.#writing === over) this.#writing = undefined
    })
    this.#writing = over
    return settled
  }

  exit(status: number): void {
    if (!this.#gone) this.#channel.exit(status)
  }

  exitSignal(name: string): void {
    if (!this.#gone) this.#channel.exit(name, false, '')
  }

  close(): void {
    if (!this.#gone) this.#channel.end()
    // ssh2 reports the close only after everything was read.
    this.#channel.resume()
  }
}
