/* What is going to be done with an entry, and why. Types only. */

import type { NetError, RemoteEntry } from '@net/core'

/** What is done with an entry of the target. */
export type EntryAction =
  /** It is made; there was nothing. */
  | 'make'
  /** A file or link takes the place of another one, or of what is of another type. */
  | 'replace'
  /** Its time or mode is set, and no byte moves. */
  | 'adjust'
  /** It is removed. */
  | 'remove'
  /** It stays as it is. */
  | 'keep'
  /** It is left out: a link, or what is neither file nor folder. */
  | 'skip'
  /** Nothing can be done with it: `error` says why. */
  | 'refuse'

/** Why. */
export type EntryReason =
  | 'missing'
  | 'size'
  | 'time'
  | 'hash'
  | 'type'
  | 'link target'
  | 'mode'
  | 'same'
  | 'same, an hour apart'
  | 'newer on the target'
  | 'not in the source'
  | 'holds excluded'
  | 'not listed'
  | 'part of a copy'
  | 'link'
  | 'not a file'
  | 'refused'
  | 'failed'

/** One entry of the plan. */
export interface PlanStep {
  /** Below the two places, in the spelling of the source. */
  readonly path: string
  /** The same in the spelling of the target. */
  readonly to: string
  readonly type: RemoteEntry['type']
  readonly action: EntryAction
  readonly why: EntryReason
  /** Where the source has it, if a link led there: a path in its tree. */
  readonly from?: string | undefined
  readonly source?: RemoteEntry | undefined
  readonly target?: RemoteEntry | undefined
  /** What has to go before it can take its place: the steps that remove it. */
  readonly instead?: readonly PlanStep[] | undefined
  /** Where a folder is filled before it takes the place of what is there: a path of the target. */
  readonly beside?: string | undefined
  /** The mode that it is given. */
  readonly mode?: number | undefined
  /** The time that it is given. */
  readonly modified?: number | undefined
  /** False where the comparison cannot see every difference. */
  readonly certain?: boolean | undefined
  /** The part of this version that an earlier run left. */
  readonly part?: RemoteEntry | undefined
  readonly error?: NetError | undefined
}
