/*
 * One session, one call at a time: who comes first is served first, and a call that is stopped leaves the line. It
 * must not know what the calls do.
 */

import type { NetError } from '@net/core'
import { WaitList, type Operation } from '@net/core/authoring'

/** A line of calls. */
export class Turns {
  readonly #waiting = new WaitList<Turn, boolean>({
    what: 'the session, which was busy with earlier calls',
    code: 'NET_TIMEOUT_POOL',
  })
  #taken = false

  /** Whether a call has the turn. */
  get taken(): boolean {
    return this.#taken
  }

  /** Whether a call waits for the turn. */
  get awaited(): boolean {
    return this.#waiting.size > 0
  }

  /**
   * Waits for the turn; resolves to what gives it back. With `follows` the turn may come earlier: the work of a call before it
   * may pass it on. Rejects when the operation is stopped, and with `NET_TIMEOUT_POOL`.
   */
  take(op: Operation, follows = false): Promise<() => void> {
    return this.#taken ? this.#waiting.waitFor(op, follows) : Promise.resolve(this.#give())
  }

  /** Takes the turn if nobody has it; gives what gives it back. */
  takeAtOnce(): (() => void) | undefined {
    return this.#taken ? undefined : this.#give()
  }

  /** Runs the work when it is its turn, which ends with it. Rejects as `take` does, and with what the work throws. */
  async run<T>(op: Operation, work: () => Promise<T>): Promise<T> {
    return this.use(await this.take(op), work)
  }

  /**
   * Runs the work of a call that has taken the turn, which `leave` gives back at its end. The work may pass it on before, by
   * the function that it gets, which says whether somebody has taken it. Rejects with what the work throws.
   */
  async use<T>(leave: () => void, work: (passOn: () => boolean) => Promise<T>): Promise<T> {
    let isPassed = false
    const passOn = (): boolean => {
      isPassed ||= this.#passOn()
      return isPassed
    }
    try {
      return await work(passOn)
    } finally {
      if (!isPassed) leave()
    }
  }

  #passOn(): boolean {
    if (this.#waiting.first?.detail !== true) return false
    this.#waiting.shift()?.grant(this.#give())
    return true
  }

  #give(): Turn {
    this.#taken = true
    return () => {
      this.#taken = false
      this.#waiting.shift()?.grant(this.#give())
    }
  }
}

/** Gives the turn back. */
type Turn = () => void

/** Whether a call on a session may be tried again. One that has waited as long as `timeout.pool` lets it does not wait once more. */
export function usableInTurn(isUsable: () => boolean): (error: NetError) => boolean {
  return (error) => error.code !== 'NET_TIMEOUT_POOL' && isUsable()
}
