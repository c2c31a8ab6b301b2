/*
 * What a server says to a connection that is one too many, or to a sender who is too fast, and how long to wait then. Sends
 * nothing.
 */

import { isNetError, type RetryPolicy } from '@net/core'
import { clock } from '@net/core/authoring'
import { Mutex, sleep, type Lease } from '@net/async'

import { SmtpReplyError } from './errors.ts'

/** Whether the server refuses the connection and not the message: 421, 432, and 4yz for too many connections or logins. */
export function isCrowded(error: unknown): boolean {
  if (!isNetError(error)) return false
  const { status = 0, enhanced = '' } = error.reply ?? {}
  if (status === 421 || status === 432) return true
  if (error.phase === 'auth' && status === 454) return true
  return status >= 400 && status < 500 && (enhanced === '4.3.2' || enhanced === '4.7.0')
}

/**
 * The policy, which says how long it waits before it repeats a message that was refused for good: the reason is the sender,
 * or what was sent before, where the caller's `when` takes such an answer for "slower".
 */
export function pausingPolicy(policy: RetryPolicy, pause: (delay: number) => void): RetryPolicy {
  return {
    delay(failed) {
      const delay = policy.delay(failed)
      if (delay !== undefined && isAboutSender(failed.error)) pause(delay)
      return delay
    },
    succeeded: () => policy.succeeded?.(),
  }
}

function isAboutSender(error: unknown): boolean {
  return error instanceof SmtpReplyError && error.reply.status >= 500 && error.command !== 'RCPT'
}

/** A time in which nothing is begun. */
export class Pause {
  #until = 0
  readonly #oneByOne = new Mutex()

  /** Nothing is begun for so long from now on. */
  lasts(delay: number): void {
    this.#until = Math.max(this.#until, clock().now() + delay)
  }

  /** Resolves once it is over. */
  async over(signal: AbortSignal): Promise<void> {
    for (let left = this.#left; left > 0; left = this.#left) await sleep(left, { signal })
  }

  /** Resolves once it is over, to one at a time: the next one waits until the lease is released, and then for the pause again. */
  async turn(signal: AbortSignal): Promise<Lease> {
    const lease = await this.#oneByOne.acquire({ signal })
    try {
      await this.over(signal)
      return lease
    } catch (error) {
      lease.release()
      throw error
    }
  }

  get #left(): number {
    return this.#until - clock().now()
  }
}

/** The time in which no connection is begun: a second after the first refusal, twice as long after each further one. */
export class BackOffOfServer {
  #delay = 0
  readonly #pause = new Pause()

  /** Resolves once a connection may be begun. */
  async over(signal: AbortSignal): Promise<void> {
    await this.#pause.over(signal)
  }

  /** The server refused a connection. */
  refused(): void {
    this.#delay = Math.min(Math.max(this.#delay * 2, SHORTEST), LONGEST)
    // Programs that were refused together come back apart.
    this.#pause.lasts(this.#delay * (1 + Math.random() / 4))
  }

  /** It accepted one. */
  accepted(): void {
    this.#delay = 0
  }
}

const SHORTEST = 1000
const LONGEST = 60_000
