/* What an SFTP server for tests does wrong on demand: which request, when, and how often. It must not know how it is done. */

import { option } from '@net/core/authoring'
import { actionWith, FaultRules, isFor, type FaultWord } from '@net/socket/testing'

/**
 * What goes wrong. `status` refuses with that number and text. `drop` ends the channel, `stall` never answers, `garbage`
 * sends what is no packet. `empty` answers a READ without a byte, `long` with more than was asked for, `short` with one
 * byte, `wrong-id` answers another request, `twice` answers two times, `cut` leaves out the end of the answer, `kind` answers
 * with what belongs to another request, `loses` does it and gives no answer, `forgets` answers and does not do it.
 */
export type SftpFaultAction =
  | { readonly status: number; readonly text?: string | undefined }
  | { readonly delay: number }
  | 'empty'
  | 'long'
  | 'short'
  | 'wrong-id'
  | 'twice'
  | 'cut'
  | 'kind'
  | 'loses'
  | 'forgets'
  | Exclude<FaultWord, 'reset' | 'half-close'>

/** One fault. */
export interface SftpFault {
  /** The request that it happens to, by the beginning of its line or a pattern: `OPEN /in/a.csv`, `WRITE`, `posix-rename@openssh.com`. */
  readonly on?: string | RegExp | undefined
  /** How many such requests go well before. Default 0. */
  readonly after?: number | undefined
  /** How often; default 1. */
  readonly times?: number | undefined
  readonly do: SftpFaultAction
}

/** The faults that are still to happen. */
export class SftpFaults {
  readonly #skipped = new WeakMap<SftpFault, number>()
  readonly #rules = new FaultRules<SftpFault>({
    protocol: 'sftp',
    actions: [
      actionWith<{ readonly status: number; readonly text?: string | undefined }>('status', {
        status: option.size,
        text: option.text,
      }),
    ],
    words: ['empty', 'long', 'short', 'wrong-id', 'twice', 'cut', 'kind', 'loses', 'forgets'],
  })

  /** Arms a fault. Throws `NET_BAD_OPTION`. */
  add(fault: SftpFault): void {
    this.#rules.add(fault)
  }

  /** What happens to this request; it is used up by it. */
  at(line: string): SftpFaultAction | undefined {
    return this.#rules.take((fault) => isFor(fault, line) && this.#isDue(fault))?.do
  }

  /** Reports those that never happened. */
  end(): void {
    this.#rules.end()
  }

  #isDue(fault: SftpFault): boolean {
    const skipped = this.#skipped.get(fault) ?? 0
    if (skipped >= (fault.after ?? 0)) return true
    this.#skipped.set(fault, skipped + 1)
    return false
  }
}
