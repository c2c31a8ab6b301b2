/* What a tree was found to hold. Types and counts; no I/O. */

import type { NetError, RemoteEntry } from '@net/core'

/** What was listed of one folder. */
export interface Listed {
  readonly found: Map<string, RemoteEntry | Twice>
  readonly hidden: Set<string>
  readonly failure: NetError | undefined
  /** How many files of it were settled, and are not in `found` any more. */
  settled: number
}

/** What stands for a name that was listed more than once. */
export const TWICE = 'twice'
export type Twice = typeof TWICE

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
  /** How many files it holds besides that both sides have, and that are the same there. */
  readonly settled: number
  /** Why the listing is not whole. */
  readonly failure?: NetError
  /** Whether it holds something that the filter hides, at any depth. */
  readonly hides: boolean
  /** The names that the filter hides in the folder itself. */
  readonly hidden: ReadonlySet<string>
  /** Folders that are wanted only for what is in them, and hold nothing that is, by name. */
  readonly hollow?: ReadonlyMap<string, Scanned>
}

/** How many entries the folder holds, at all depths. */
export function countIn(folder: ScannedFolder | undefined): number {
  let count = folder?.settled ?? 0
  for (const { folder: inner } of folder?.entries.values() ?? []) count += 1 + countIn(inner)
  return count
}

/** How many files were settled in the folder, at all depths. */
export function settledIn({ entries, settled }: ScannedFolder): number {
  let count = settled
  for (const { folder } of entries.values()) if (folder !== undefined) count += settledIn(folder)
  return count
}
