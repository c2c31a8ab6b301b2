/* How fast bytes may go: so many a second, measured from the first. */

import { clock, type Operation } from '@net/core/authoring'

/** Waits after each piece until the rate allows for the next. */
export class Pace {
  readonly #op: Operation
  readonly #rate: number
  #began = 0
  #bytes = 0

  /** `rate` in bytes a second. */
  constructor(op: Operation, rate: number) {
    this.#op = op
    this.#rate = rate
  }

  /** So many bytes have gone; resolves when more may, rejects when the operation is stopped. */
  moved(bytes: number): Promise<void> {
    const now = clock().now()
    if (this.#bytes === 0) this.#began = now
    this.#bytes += bytes
    const due = this.#began + (this.#bytes / this.#rate) * 1000
    if (due <= now) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer = clock().after(due - now, () => {
        forget()
        resolve()
      })
      const forget = this.#op.onAbort((reason) => {
        timer.clear()
        reject(reason)
      })
    })
  }
}
