/* Something may have changed: rung from anywhere, waited for by one. What rings before the wait is not missed. */

import { clock } from '@net/core/authoring'

/** A bell for one listener. */
export class Bell {
  #rung = false
  #resolve: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#resolve?.()
  }

  /** Resolves when it has been rung since the last wait, or after so many milliseconds. */
  async wait(limit: number): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#resolve = resolve
      const timer = limit === Infinity ? undefined : clock().after(Math.max(limit, 0), resolve)
      await promise
      timer?.clear()
      this.#resolve = undefined
    }
    this.#rung = false
  }
}
