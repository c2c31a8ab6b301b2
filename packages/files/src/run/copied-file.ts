/* What came of the copy of one file. Types only. */

import type { RemoteEntry } from '@net/core'

/** What came of it. */
export interface CopiedFile {
  readonly transferred: number
  readonly source: RemoteEntry
  /** What the target showed of the whole file before it took its name. */
  readonly target: RemoteEntry
  /** False where the target refused to give it the time of the source. */
  readonly keptTime?: false
}
