/*
 * What has arrived and was not received yet, up to a limit, and the one receive that waits. It must not know what arrives.
 */

import type { NetError } from '@net/core'
import { clock, Link, LinkedList, netError, type Limits } from '@net/core/authoring'

import type { WaitOptions } from '../connection.ts'
import { abortedAlready, callLimits, watchCall } from '../wait-limit.ts'

/** Which one is dropped when there is no room: the one that came first, or the one that has just come. */
export type Overflow = 'drop-oldest' | 'drop-newest'

/** Things that arrived. */
export class Inbox<T> {
  /** How many were dropped because there was no room. */
  dropped = 0
  readonly #capacity: number
  readonly #overflow: Overflow
  readonly #items = new LinkedList<Link<T>>()
  readonly #failures: NetError[] = []
  #waiting: Waiting<T> | undefined
  #isOver = false

  constructor(capacity: number, overflow: Overflow) {
    this.#capacity = capacity
    this.#overflow = overflow
  }

  /** One has arrived. */
  add(item: T): void {
    const waiting = this.#take()
    if (waiting !== undefined) {
      waiting.resolve(item)
      return
    }
    if (this.#items.size >= this.#capacity) {
      this.dropped++
      if (this.#overflow === 'drop-newest') return
      this.#items.shift()
    }
    this.#items.add(new Link(item))
  }

  /** Something has failed; the next receive says so, once. */
  fail(error: NetError): void {
    const waiting = this.#take()
    if (waiting === undefined) this.#failures[0] = error
    else waiting.reject(error)
  }

  /** The failure that was not reported yet. */
  takeFailure(): NetError | undefined {
    return this.#failures.pop()
  }

  /** Nothing more will come; what is here can still be received. */
  end(): void {
    this.#isOver = true
    this.#take()?.resolve(undefined)
  }

  /** The next one; undefined once it is over. Rejects with `NET_BUSY` while another receive waits. */
  next(options: WaitOptions | undefined, defaults: Limits): Promise<T | undefined> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return Promise.reject(refusal)
    const ready = this.#items.shift()
    if (ready !== undefined || this.#isOver) return Promise.resolve(ready?.value)
    const { idle, total } = callLimits(options, defaults)
    return new Promise((resolve, reject) => {
      const stop = (error: NetError): void => this.#take()?.reject(error)
      const forget = watchCall(options, total, stop)
      const silence = idle === Infinity ? undefined : clock().after(idle, () => stop(silent(idle)))
      const over = (): void => {
        forget?.()
        silence?.clear()
      }
      this.#waiting = { resolve, reject, over }
    })
  }

  #refusal(options: WaitOptions | undefined): NetError | undefined {
    if (this.#waiting !== undefined) {
      return netError('NET_BUSY', { message: 'another receive is waiting' })
    }
    return (options && abortedAlready(options)) ?? this.takeFailure()
  }

  #take(): Waiting<T> | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.over()
    return waiting
  }
}

interface Waiting<T> {
  readonly resolve: (item: T | undefined) => void
  readonly reject: (error: NetError) => void
  /** Takes back what would end the wait. */
  readonly over: () => void
}

function silent(limit: number): NetError {
  const message = `nothing arrived within ${limit} ms (timeout.idle)`
  return netError('NET_TIMEOUT_IDLE', { message, limit })
}
