/*
 * The calls of a mailer that are under way: one that drains waits for all of them, also for those that have no connection yet, and
 * one that is closed ends those that only wait. It must not know what they send.
 */

import { Gate, type WaitOptions } from '@net/async'
import type { RetryPolicy } from '@net/core'
import { closedError, option, optionsDoor, type Operation } from '@net/core/authoring'

/** The calls of one mailer. */
export class MailerCalls {
  readonly #none = new Gate({ open: true })
  readonly #waiting = new Set<Operation>()
  readonly #closing = new AbortController()
  #running = 0
  #isEnding = false

  /** Whether no further call is taken. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  /** Whether nothing is waited for any more. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** The end of a wait of a call that has told some recipients' part already, and must not lose it: that of the call, or of the mailer. */
  endOf({ signal }: Operation): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal])
  }

  /** A call, from its first moment on. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#running += 1
    this.#none.close()
    try {
      return await call()
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#none.open()
    }
  }

  /** What a call does that may wait: for a connection, its turn, or another attempt. */
  async waiting<T>(op: Operation, work: () => Promise<T>): Promise<T> {
    this.#waiting.add(op)
    try {
      return await work()
    } finally {
      this.#waiting.delete(op)
    }
  }

  /** The part of it that has a connection, which comes to its end within the grace of `close`. */
  async delivering<T>(op: Operation, work: () => Promise<T>): Promise<T> {
    this.#waiting.delete(op)
    try {
      return await work()
    } catch (error) {
      // Of a mailer that is closed it waits for nothing any more.
      if (!this.isClosed) this.#waiting.add(op)
      throw error
    }
  }

  /** Takes no further call, and resolves when none is under way. */
  async drain(options: WaitOptions | undefined): Promise<void> {
    const taken = drainOptions(options)
    this.#isEnding = true
    await this.#none.wait(taken)
  }

  /** The policy, by which nothing is repeated once the mailer is closed. */
  whileOpen(policy: RetryPolicy): RetryPolicy {
    return {
      delay: (failed) => (this.isClosed ? undefined : policy.delay(failed)),
      succeeded: () => policy.succeeded?.(),
    }
  }

  /** Ends those that wait. */
  close(): void {
    this.#isEnding = true
    this.#closing.abort()
    for (const op of this.#waiting) op.fail(closedError())
  }
}

const drainOptions = optionsDoor<WaitOptions>(
  { protocol: 'smtp', call: 'drain' },
  { signal: option.signal, timeout: option.milliseconds },
)
