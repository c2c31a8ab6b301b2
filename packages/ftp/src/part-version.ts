/* Of which version of a file on the server a part is that is kept here: its size and its time, as the server tells them. */

import { formatEndpoint, type Sink } from '@net/core'
import { isFileSink, type SinkVersion } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { askTold } from './mdtm.ts'
import type { Session } from './session.ts'

/** What is fetched, and where it goes. */
export interface FetchedPart {
  readonly path: string
  readonly sink: Sink
  readonly resume: boolean
  readonly ascii?: boolean | undefined
}

/** The version; undefined where no part is kept or gone on with. A server that tells no times lets none be gone on with. */
export async function versionOf(
  session: Session,
  dialog: Dialog,
  { path, resume, sink, ascii = false }: FetchedPart,
  size: number | undefined,
): Promise<SinkVersion | undefined> {
  if (!isFileSink(sink) || sink.inPlace || ascii || !(resume || sink.keepPart)) return undefined
  // As the server tells it: what a session finds out of its clock makes it no other version.
  const modified = await askTold(session, dialog, path)
  const validator = modified === undefined ? undefined : String(modified)
  const of = `${formatEndpoint(session.control.info.endpoint)} ${path}`
  return { kind: 'ftp', of, size, validator }
}
