/*
 * How many commands a server runs at once on one connection. OpenSSH counts one that has ended (MaxSessions, 10) until
 * it has read to the end of what it was sent, so that the next one, sent along with the end, is refused. It must not
 * know what runs.
 */

import { SshChannelError } from '../errors.ts'

/** The sessions of one connection. */
export class SessionSlots {
  #open = 0
  #ended = 0
  /** How many of the ended ones the server no longer counts. */
  #free = 0

  /** Opens a session; once more if the server refused it while it may have counted one that has ended. */
  async take<T>(open: () => Promise<T>): Promise<T> {
    for (;;) {
      const [free, ended] = [this.#free, this.#ended]
      try {
        const opened = await open()
        this.#open += 1
        this.#answered(ended)
        return opened
      } catch (error) {
        if (!isFull(error)) throw error
        this.#answered(ended)
        if (free === ended && this.#ended === ended) throw this.#told(error)
      }
    }
  }

  /** A session has ended, and the server was told so. */
  release(): void {
    this.#open -= 1
    this.#ended += 1
  }

  /** What had ended before the question that the server has answered, it no longer counts. */
  #answered(ended: number): void {
    this.#free = Math.max(this.#free, ended)
  }

  #told(error: SshChannelError): SshChannelError {
    const { reason, reply } = error
    if (this.#open === 0 || reply === undefined) return error
    const message = `the server runs no more commands at once on this connection (it runs ${this.#open}): ${reply.text || `reason ${reason}`}`
    return new SshChannelError('NET_REPLY_TEMPORARY', { message, reply, retry: 'safe' }, reason)
  }
}

function isFull(error: unknown): error is SshChannelError {
  return error instanceof SshChannelError && FULL.has(error.reason)
}

// Connect failed, as OpenSSH says, and shortage.
const FULL: ReadonlySet<number | undefined> = new Set([2, 4])
