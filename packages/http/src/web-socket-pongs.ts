/*
 * The answers to a peer's pings. One that asks and does not read must not fill our memory: where many answers wait, the last
 * ping alone gets one (RFC 6455 section 5.5.3). It must not know frames.
 */

/** Answers pings. */
export class Pongs {
  readonly #send: (data: Uint8Array) => Promise<void>
  /** How many have not left yet. */
  #unsent = 0
  /** What the last ping said that has to wait. */
  #latest: Uint8Array | undefined

  /** `send` resolves when there is room for more. */
  constructor(send: (data: Uint8Array) => Promise<void>) {
    this.#send = send
  }

  /** Answers a ping, before messages that wait for their turn. */
  answer(data: Uint8Array): void {
    if (this.#unsent >= MOST_UNSENT) {
      this.#latest = Uint8Array.from(data)
      return
    }
    this.#unsent += 1
    this.#send(data).then(this.#left, this.#left)
  }

  readonly #left = (): void => {
    this.#unsent -= 1
    const latest = this.#latest
    this.#latest = undefined
    if (latest !== undefined) this.answer(latest)
  }
}

const MOST_UNSENT = 64
