/*
 * The files that calls of this process write. Two calls cannot write one; a call that is just being opened or given up is waited
 * for, since one that was aborted lets go of its file a moment after it has rejected.
 */

import { netError } from '../errors/net-error.ts'
import { shared } from '../shared.ts'

/** The right to write a file. */
export interface FileUse {
  /** It is open: who comes now comes too late. */
  opened(): void
  /** It is being given up; who comes now waits for the end. */
  ending(): void
  /** It has ended. */
  ended(): void
}

/** Waits for who lets go of the file, and takes it. Rejects with `NET_BUSY` while another call writes it. */
export async function useFile(key: string, path: string): Promise<FileUse> {
  for (let other = inUse.get(key); other !== undefined; other = inUse.get(key)) {
    if (other.isWriting) {
      throw netError('NET_BUSY', { message: `${path} is being written by another call` })
    }
    await other.passing.promise
    // Who has opened it learns first that it has no use for it any more.
    await turn()
  }
  const own = new Use(key)
  inUse.set(key, own)
  return own
}

class Use implements FileUse {
  isWriting = false
  /** Settles when it is open or has ended. */
  passing: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  opened(): void {
    this.isWriting = true
    this.passing.resolve()
  }

  ending(): void {
    if (!this.isWriting) return
    this.isWriting = false
    this.passing = Promise.withResolvers()
  }

  ended(): void {
    if (inUse.get(this.#key) === this) inUse.delete(this.#key)
    this.passing.resolve()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

// Shared by all copies of this package.
const inUse: Map<string, Use> = shared('files-in-use', () => new Map<string, Use>())
