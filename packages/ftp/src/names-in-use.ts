/* The temporary names to which the uploads of one client are being sent: two at once would become one file. No I/O. */

import { netError } from '@net/core/authoring'

/** The names in use. */
export class NamesInUse {
  readonly #names = new Set<string>()

  /** Does the work that sends to this name. Rejects with `NET_BUSY` while another call does. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#names.has(name)) {
      throw netError('NET_BUSY', { message: `${name} is being written by another call` })
    }
    this.#names.add(name)
    try {
      return await work()
    } finally {
      this.#names.delete(name)
    }
  }
}
