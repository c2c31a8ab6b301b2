/* What the cases of `checkRemoteFiles` work with. Types only. */

import type { RemoteCapabilities, RemoteFiles } from '../data/remote-files.ts'

/** A tree to check: empty, and used by nothing else. */
export interface RemoteFilesUnderTest extends AsyncDisposable {
  readonly files: RemoteFiles
  /** Cuts its connection; leave it out for a tree that has none. */
  readonly lose?: () => void
}

/** What a case works with. */
export interface RemoteFilesCase extends RemoteFilesUnderTest {
  readonly can: RemoteCapabilities
}

/** Cases by what they check. */
export type RemoteFilesCases = Readonly<Record<string, (made: RemoteFilesCase) => Promise<void>>>
