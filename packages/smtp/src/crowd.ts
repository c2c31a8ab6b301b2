/*
 * What a server says to a connection that is one too many, or to a sender who is too fast, and how long to wait then. Sends
 * nothing.
 */

import { isNetError, type RetryPolicy } from '@net/core'
import { clock } from '@net/core/authoring'
import { Mutex, sleep, type Lease } from '@net/async'

import { SmtpReplyError } from './errors.ts'

/**
 * Whether the server refuses the connection and not the message: 421, 432, and 4yz for too many connections or logins, which
 * it says before the connection has `served` a message. Behind that the same codes are about the message or its recipients.
 */
export function isCrowded(error: unknown, served = 0): boolean {
  if (!isNetError(error)) return false
  const { status = 0, enhanced = '' } = error.reply ?? {}
  if (status === 421 || status === 432) return true
  if (error.phase === 'auth' && status === 454) return true
  return ONE_TOO_MANY.has(enhanced) && served === 0 && !isOfMessage(error)
}

function isOfMessage(error: unknown): boolean {
  return error instanceof SmtpReplyError && OF_MESSAGES.has(error.command)
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

  /** Whether it goes on. */
  get lasting(): boolean {
    return this.#left > 0
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
  #wasRefused = false
  readonly #pause = new Pause()

  /** Resolves once a connection may be begun; after a refusal one at a time, for which the lease stands. */
  async turn(signal: AbortSignal): Promise<Lease | undefined> {
    return this.#wasRefused ? this.#pause.turn(signal) : undefined
  }

  /** The server refused a connection. Of several that were begun together the first refusal counts. */
  refused(): void {
    this.#wasRefused = true
    if (this.#pause.lasting) return
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
const ONE_TOO_MANY: ReadonlySet<string> = new Set(['4.3.2', '4.7.0'])
const OF_MESSAGES: ReadonlySet<string> = new Set(['RCPT', 'DATA', 'message'])
