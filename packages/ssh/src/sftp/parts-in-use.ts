/*
 * The names that uploads and copies of one session write to until they are whole: one call at a time writes to each, and one that
 * comes behind a call that failed waits until what that has left is gone. It must not know how they are written.
 */

import { netError, stoppable, type Operation } from '@net/core/authoring'

/** Told of what is still done on the server where a call fails: the name is free when that has settled. */
export type PartFailed = (last: Promise<unknown>) => void

/** The names in use. */
export class PartsInUse {
  /** With what they wait for before they are free; undefined while a call writes. */
  readonly #parts = new Map<string, Promise<void> | undefined>()

  /** Does the work that writes there. Rejects with `NET_BUSY` while another call does, and with what stops the operation. */
  async during<T>(
    op: Operation,
    part: string,
    work: (failed: PartFailed) => Promise<T>,
  ): Promise<T> {
    await op.phase('command', () => this.#take(op, part))
    let left: Promise<unknown> = Promise.resolve()
    try {
      return await work((last) => {
        left = last
      })
    } finally {
      const free = (): void => void this.#parts.delete(part)
      this.#parts.set(part, left.then(free, free))
    }
  }

  async #take(op: Operation, part: string): Promise<void> {
    while (this.#parts.has(part)) {
      const leaving = this.#parts.get(part)
      if (leaving === undefined) {
        throw netError('NET_BUSY', { message: `${part} is being written by another call` })
      }
      await stoppable(op, leaving)
    }
    this.#parts.set(part, undefined)
  }
}
