/* What a tree was found to hold. Types and counts; no I/O. */

import type { NetError, RemoteEntry } from '@net/core'

/** One entry that was found. */
export interface Scanned {
  readonly entry: RemoteEntry
  /** What the folder holds. */
  readonly folder?: ScannedFolder
  /** Its path in the tree, where a link led to it. */
  readonly from?: string
  /** Why nothing is done with it. */
  readonly refused?: NetError
}

/** What one folder was found to hold. */
export interface ScannedFolder {
  readonly entries: ReadonlyMap<string, Scanned>
  /** Why the listing is not whole. */
  readonly failure?: NetError
  /** Whether it holds something that the filter hides, at any depth. */
  readonly hides: boolean
  /** The names that the filter hides in the folder itself. */
  readonly hidden: ReadonlySet<string>
}

/** How many entries the folder holds, at all depths. */
export function countIn(folder: ScannedFolder | undefined): number {
  let count = 0
  for (const { folder: inner } of folder?.entries.values() ?? []) count += 1 + countIn(inner)
  return count
}
