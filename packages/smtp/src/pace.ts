/*
 * The rate of a mailer: how far apart its messages begin, over all connections. It must not know what they are.
 */

import { failAfter, type Lease } from '@net/async'
import { isAbort, isNetError } from '@net/core'
import { netError } from '@net/core/authoring'

import { Pause } from './crowd.ts'
import type { RateOption } from './mailer-options.ts'

/** How a message waits for its turn. */
export interface Waiting {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeout: number
}

/** The pace at which messages begin. */
export class Pace {
  readonly #gap: number
  readonly #pause = new Pause()

  constructor(rate: number | RateOption) {
    const { limit, interval = 1000 } = typeof rate === 'number' ? { limit: rate } : rate
    // Nothing is saved up, so that no stretch of time has more of them than the limit.
    this.#gap = interval / limit
  }

  /**
   * What `take` gives, one message after the other; the next one may begin so much later than when it was given, so that those
   * that had to wait for it do not begin together. Rejects with `NET_TIMEOUT_POOL`.
   */
  async next<T>(take: () => Promise<T>, waiting: Waiting): Promise<T> {
    using _turn = await this.#turn(waiting)
    const taken = await take()
    this.#pause.lasts(this.#gap)
    return taken
  }

  async #turn({ signal, timeout: limit }: Waiting): Promise<Lease> {
    let turn: Lease | undefined
    const wait = async (scope: { readonly signal: AbortSignal }): Promise<Lease> => {
      turn = await this.#pause.turn(scope.signal)
      return turn
    }
    try {
      return await failAfter(limit, wait, { signal })
    } catch (error) {
      // It may have come as the limit passed.
      turn?.release()
      if (signal.aborted || isAbort(error) || !isNetError(error)) throw error
      const message = `the rate of the mailer let no message pass within ${limit} ms`
      throw netError('NET_TIMEOUT_POOL', { message, limit, cause: error })
    }
  }
}
