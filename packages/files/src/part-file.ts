/*
 * Which file of this machine a part is, from its first byte to its name. Another process may put a part of its own in the
 * place of ours at any moment; what gets the name has to be the one that has all of our bytes.
 */

import type { Stats } from 'node:fs'

import { netError } from '@net/core/authoring'

/** The file that a run has begun. */
export class PartFile {
  #key: string | undefined
  #isLost = false

  /** Whether there is one yet. */
  get isBegun(): boolean {
    return this.#key !== undefined
  }

  /** Whether another file was found in its place. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Another process has taken its place: the error for that. */
  lost(path: string): Error {
    this.#isLost = true
    return netError('NET_SIZE_MISMATCH', {
      message: `another process has put a file of its own in the place of ${path}`,
    })
  }

  /** Throws unless what was found is the file; the first that is found is. */
  check({ dev, ino }: Pick<Stats, 'dev' | 'ino'>, path: string): void {
    const key = `${dev} ${ino}`
    this.#key ??= key
    if (this.#key !== key) throw this.lost(path)
  }

  /** There is none any more. */
  forget(): void {
    this.#key = undefined
  }
}

/** The option by which a tree of this machine knows the file; empty for other trees. */
export interface OwnFile {
  readonly file?: PartFile | undefined
}
