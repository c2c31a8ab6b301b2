/*
 * Answers that are waited for over one connection. Every wait ends when the answer comes, when the connection goes, or
 * when the call gives up; ssh2 answers only what the server answers.
 */

import type { NetError } from '@net/core'

/** Something that can be given up. */
export interface Stoppable {
  onAbort(listener: (reason: NetError) => void): () => void
}

/** The waits of one connection. */
export class PendingWaits {
  readonly #lost: () => Error
  readonly #pending = new Set<() => void>()
  #failed = false

  /** `lost` makes the error for a wait that ends with the connection. */
  constructor(lost: () => Error) {
    this.#lost = lost
  }

  /** Waits for what `start` settles; what `start` throws rejects. `resolve` returns false where the wait has ended before. */
  wait<T>(
    start: (resolve: (value: T) => boolean, reject: (error: Error) => void) => void,
    op?: Stoppable,
  ): Promise<T> {
    if (this.#failed) return Promise.reject(this.#lost())
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        this.#pending.delete(lost)
        forget?.()
      }
      const failed = (error: Error): void => {
        settled()
        reject(error)
      }
      const lost = (): void => failed(this.#lost())
      this.#pending.add(lost)
      let stopped = false
      const forget = op?.onAbort((reason) => {
        stopped = true
        this.#pending.delete(lost)
        reject(reason)
      })
      if (stopped) return
      try {
        start((value) => {
          if (!this.#pending.has(lost)) return false
          settled()
          resolve(value)
          return true
        }, failed)
      } catch (error) {
        failed(error as Error)
      }
    })
  }

  /** The error of a wait that begins after the connection has gone. */
  get lost(): Error | undefined {
    return this.#failed ? this.#lost() : undefined
  }

  /** Calls the listener, which never throws, when the connection goes; it gets what makes the error of one wait. */
  whenLost(listener: (lost: () => Error) => void): void {
    this.#pending.add(() => listener(this.#lost))
  }

  /** The connection is gone. */
  fail(): void {
    this.#failed = true
    for (const lost of this.#pending) lost()
    this.#pending.clear()
  }
}
