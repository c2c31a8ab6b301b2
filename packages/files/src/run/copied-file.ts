/* What came of the copy of one file. Types only. */

import type { RemoteEntry } from '@net/core'

import type { Dressed } from './dress.ts'

/** What came of it. */
export interface CopiedFile extends Dressed {
  readonly transferred: number
  readonly source: RemoteEntry
  /** What the target showed of the whole file before it took its name. */
  readonly target: RemoteEntry
}
