/* The calls of a client that have not ended, so that closing the client can wait for them and end those that last. */

import type { NetError } from '@net/core'
import { clock, closedError, LinkedList, type Linked, type Operation } from '@net/core/authoring'

/** A call that a client may end. */
export interface EndableCall extends Linked<EndableCall> {
  /** Ends what it waits for. */
  end(error: NetError): void
  /** Fails it, whatever it waits for. */
  leave(error: NetError): void
}

/** A call that lasts as long as its operation. */
export class OperationCall implements EndableCall {
  before: EndableCall | undefined = undefined
  after: EndableCall | undefined = undefined
  listed = false
  readonly #op: Pick<Operation, 'fail'>

  constructor(op: Pick<Operation, 'fail'>) {
    this.#op = op
  }

  end(error: NetError): void {
    this.#op.fail(error)
  }

  /** An operation that was failed settles soon, whatever it waits for. */
  leave(): void {}
}

/** The calls of one client. */
export class CallsUnderWay {
  readonly #calls = new LinkedList<EndableCall>()
  #quiet: (() => void) | undefined
  #closed = false

  /** Throws `NET_CLOSED` once no more calls are taken. */
  add(call: EndableCall): void {
    if (this.#closed) throw closedError()
    this.#calls.add(call)
  }

  has(call: EndableCall): boolean {
    return call.listed
  }

  delete(call: EndableCall): void {
    if (this.#calls.delete(call) && this.#calls.size === 0) this.#quiet?.()
  }

  /** Takes no more calls, waits for those under way, and ends what is left after `grace` milliseconds. */
  async close(grace: number): Promise<void> {
    this.#closed = true
    await this.#whenQuiet(grace)
    const ended = this.#whenQuiet(SETTLING)
    for (const call of this.#calls) call.end(closedError())
    await ended
    for (const call of this.#calls) call.leave(closedError())
  }

  /** Resolves when no call is under way, or when the time is over. */
  async #whenQuiet(longest: number): Promise<void> {
    if (this.#calls.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock().after(longest, resolve)
    this.#quiet = resolve
    await promise
    timer.clear()
  }
}

/** How long calls that were ended may take to settle. */
const SETTLING = 50
