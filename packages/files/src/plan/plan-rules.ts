/* What a plan goes by. Types only. */

import type { RemoteCapabilities } from '@net/core'

import type { StateRecords } from '../state/state-records.ts'

/** By what two files are compared. */
export type CompareBy = 'size' | 'time' | 'hash'

/** What becomes of links. */
export type LinkRule = 'skip' | 'keep' | 'follow'

/** What a plan goes by. */
export interface PlanRules {
  readonly from: RemoteCapabilities
  readonly to: RemoteCapabilities
  /** What the target's tree refuses besides. */
  readonly refusesName: ((name: string) => string | undefined) | undefined
  /** Whether what is not in the source is removed. */
  readonly deletes: boolean
  readonly compare: CompareBy
  /** Whether only what is newer in the source replaces. */
  readonly newer: boolean
  readonly symlinks: LinkRule
  readonly times: boolean
  readonly modes: boolean
  /** How far the target's clock is ahead of the source's, in milliseconds. */
  readonly clockShift: number
  /** Whether files with the same hash were found at the path; undefined where hashes were not compared. */
  readonly sameHash: (path: string) => boolean | undefined
  /** What earlier runs left behind of these two trees. */
  readonly state: StateRecords | undefined
}
