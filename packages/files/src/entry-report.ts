/* What became of each entry, and of the whole. Types only. */

import type { NetError, RemoteEntry } from '@net/core'

import type { EntryAction, EntryReason } from './plan/plan-step.ts'

/** What was done with an entry, or in a dry run what would be. */
export interface EntryReport {
  /** Below the two places. */
  readonly path: string
  readonly type: RemoteEntry['type']
  readonly action: EntryAction
  readonly why: EntryReason
  /** The path on the target, where it is spelled differently there. */
  readonly to?: string
  /** Of the file, in bytes. */
  readonly size?: number
  /** How many bytes of it this call moved; absent where none were to move. */
  readonly transferred?: number
  /** False where the comparison cannot see every difference: by size alone, say. */
  readonly certain?: false
  /** Why it has not the mode or the time that it was to have: the target has refused that, and nothing else. */
  readonly note?: NetError
  /** Why it was not done. */
  readonly error?: NetError
}

/** What a verb did with a tree. */
export interface TreeReport {
  /** The folder of the target's tree that the paths of the entries begin in; of `remove`, the place itself. */
  readonly target: string
  /** Every entry that was not simply the same on both sides, in the order in which they were settled. Made when it is first read. */
  readonly entries: readonly EntryReport[]
  readonly made: number
  readonly replaced: number
  readonly adjusted: number
  readonly removed: number
  /** What stays as it was, with what is the same on both sides. */
  readonly kept: number
  readonly skipped: number
  /** Entries with an `error`. */
  readonly failed: number
  /** How many bytes of files were moved. */
  readonly transferred: number
  readonly dryRun: boolean
}
