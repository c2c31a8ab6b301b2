/*
 * The part of a call in which its message is made ready, before anything of it is sent: it ends with the call, and with the
 * session, of which another one may take the message. It must not know what is read.
 */

import type { NetError } from '@net/core'
import type { Operation } from '@net/core/authoring'

/** What ends the opening of a message. */
export class Beforehand implements Pick<Operation, 'onAbort'> {
  readonly #op: Operation
  #listeners: Set<(reason: NetError) => void> | undefined
  #reason: NetError | undefined

  constructor(op: Operation) {
    this.#op = op
  }

  /** Whether the call itself was stopped, which it hears of by its own reason. */
  get isStopped(): boolean {
    return this.#op.signal.aborted
  }

  onAbort(listener: (reason: NetError) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason)
      return () => {}
    }
    const forget = this.#op.onAbort(listener)
    const listeners = (this.#listeners ??= new Set())
    listeners.add(listener)
    return () => {
      forget()
      listeners.delete(listener)
    }
  }

  /** The session has ended; the call goes on. */
  end(reason: NetError): void {
    this.#reason ??= reason
    for (const listener of this.#listeners ?? []) listener(reason)
  }
}
