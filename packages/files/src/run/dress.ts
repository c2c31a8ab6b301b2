/*
 * The mode and the time of a copy. Where the target refuses them the copy is one all the same: the refusal is a note on it, and
 * what a target sets of no file is not asked for again.
 */

import {
  isNetError,
  type NetError,
  type NetErrorCode,
  type RemoteCapabilities,
  type RemoteFiles,
} from '@net/core'

import { privateMode } from './file-mode.ts'

/** What a copy is to have. */
export interface Wanted {
  readonly mode: number | undefined
  /** In milliseconds since 1970. */
  readonly modified: number | undefined
}

/** What came of it. */
export interface Dressed {
  /** Why it has not all that was wanted. */
  readonly note?: NetError | undefined
  /** Whether it has the time that the target gave it, in place of the one that was wanted. */
  readonly hasOwnTime?: boolean | undefined
}

/** How files of one target get modes and times. */
export class Dress {
  readonly #files: RemoteFiles
  readonly #can: RemoteCapabilities
  /** What the target sets of no file. */
  readonly #refused = new Map<'mode' | 'modified', NetError>()

  constructor(files: RemoteFiles, can: RemoteCapabilities) {
    this.#files = files
    this.#can = can
  }

  /** What is worth being asked for; a mode that keeps others out always is. */
  ask({ mode, modified }: Wanted): Wanted {
    const isInVain = this.#refused.has('mode') && privateMode(mode) === undefined
    return {
      mode: this.#can.modes && !isInVain ? mode : undefined,
      modified:
        this.#can.times?.canSet === true && !this.#refused.has('modified') ? modified : undefined,
    }
  }

  /** Gives a file or folder that this run has made what is wanted. Rejects with what is no refusal. */
  async put(path: string, wanted: Wanted, signal: AbortSignal): Promise<Dressed> {
    const { modes, times } = this.#can
    const { mode, modified } = wanted
    const setsMode = modes && mode !== undefined
    const setsTime = times?.canSet === true && modified !== undefined
    const set = this.#files
    const ofMode = setsMode
      ? await this.#refusal('mode', () => set.setMode(path, mode, { signal }))
      : undefined
    const ofTime = setsTime
      ? await this.#refusal('modified', () => set.setModified(path, modified, { signal }))
      : undefined
    const note = ofMode ?? ofTime
    return {
      ...(note === undefined ? {} : { note }),
      ...(ofTime === undefined ? {} : { hasOwnTime: true }),
    }
  }

  /**
   * Keeps others out of a file before it has a byte; does nothing where the target has no modes. Rejects where it
   * denies the mode to a file that others can read.
   */
  async keepOut(path: string, mode: number, signal: AbortSignal): Promise<void> {
    if (!this.#can.modes || this.#refused.get('mode')?.code === 'NET_UNSUPPORTED') return
    try {
      await this.#files.setMode(path, mode, { signal })
    } catch (error) {
      if (!isNetError(error) || !REFUSALS.has(error.code)) throw error
      if (error.code === 'NET_UNSUPPORTED') this.#refused.set('mode', error)
      else if (!(await this.#isPrivate(path, mode, signal))) throw error
    }
  }

  async #isPrivate(path: string, mode: number, signal: AbortSignal): Promise<boolean> {
    const { mode: now } = await this.#files.stat(path, { signal })
    return now !== undefined && (now & 0o777 & ~mode) === 0
  }

  async #refusal(
    what: 'mode' | 'modified',
    set: () => Promise<void>,
  ): Promise<NetError | undefined> {
    const known = this.#refused.get(what)
    if (known !== undefined) return known
    try {
      await set()
      return undefined
    } catch (error) {
      if (!isNetError(error) || !REFUSALS.has(error.code)) throw error
      // The file is our own: what is denied of it is denied of all. A date that cannot be is one of that file alone.
      if (error.code !== 'NET_BAD_OPTION') this.#refused.set(what, error)
      return error
    }
  }
}

const REFUSALS: ReadonlySet<NetErrorCode> = new Set([
  'NET_UNSUPPORTED',
  'NET_ACCESS_DENIED',
  'NET_REPLY_PERMANENT',
  'NET_BAD_OPTION',
])
