/*
 * The entries of a folder as they come, with several requests under way. The folder is closed when all were read, and when
 * whoever reads them stops.
 */

import { stoppable, type Operation } from '@net/core/authoring'

import { typeOf, typeOfLine } from './attributes.ts'
import { entryOf, listedEntry, type SftpEntry } from './entry.ts'
import type { OpenHandle } from './handles.ts'
import { PACKET } from './packets.ts'
import { attributesIfAny, explained } from './path-verbs.ts'
import type { NamedEntry } from './replies.ts'
import { handleRequest, pathRequest } from './requests.ts'
import type { SftpSession } from './sftp-session.ts'

/** How a folder is listed. */
export interface ListingPlan {
  readonly folder: string
  readonly isPatient?: boolean | undefined
}

/** Lists a folder; `take` gets what has come, and is waited for. */
export async function listFolder(
  session: SftpSession,
  op: Operation,
  plan: ListingPlan,
  take: (entries: readonly SftpEntry[]) => Promise<void>,
): Promise<void> {
  const { folder } = plan
  const asked = { what: `list ${folder}` }
  const opened = await op.phase('command', () => openFolder(session, op, plan))
  try {
    await op.phase('receive', async () => {
      const request = handleRequest(PACKET.READDIR, opened.id)
      const ask = (): Promise<readonly NamedEntry[] | undefined> => {
        const names = session.names(op, request, asked)
        names.catch(() => {})
        return names
      }
      const asking = [ask()]
      for (;;) {
        op.idle.start()
        const names = await asking.shift()
        if (names === undefined) return
        op.idle.moved(names.length * ENTRY)
        op.idle.stop()
        // A folder that has more than one answer has many.
        while (asking.length < AHEAD) asking.push(ask())
        await take(await entriesOf(session, op, folder, names))
      }
    })
  } finally {
    op.idle.stop()
    void opened.release()
  }
}

async function openFolder(
  session: SftpSession,
  op: Operation,
  { folder, isPatient }: ListingPlan,
): Promise<OpenHandle> {
  const asked = { what: `list ${folder}`, isPatient }
  const request = pathRequest(PACKET.OPENDIR, session.path(folder))
  try {
    return await session.handles.open(op, request, asked)
  } catch (error) {
    throw await explained(session, op, error, [
      { path: folder, is: 'no folder', name: 'NET_BAD_NAME', why: 'it is no folder', asked },
    ])
  }
}

async function entriesOf(
  session: SftpSession,
  op: Operation,
  folder: string,
  names: readonly NamedEntry[],
): Promise<readonly SftpEntry[]> {
  const entries: Promise<SftpEntry>[] = []
  for (const named of names) {
    const entry = listedEntry(session, folder, named)
    if (entry === undefined) continue
    const isKnown = (typeOf(named.attributes) ?? typeOfLine(named.line)) !== undefined
    const isClear = isKnown || entry.raw !== UNKNOWN
    entries.push(isClear ? Promise.resolve(entry) : looked(session, op, entry))
  }
  return stoppable(op, Promise.all(entries))
}

/** The server has not said what it is; where it does not say so either, it stays unknown. */
async function looked(session: SftpSession, op: Operation, entry: SftpEntry): Promise<SftpEntry> {
  const found = await attributesIfAny(session, op, entry.path, false).catch(() => undefined)
  if (found === undefined || typeOf(found) === undefined) return entry
  const { raw: _, ...rest } = entry
  const { name: __, ...known } = entryOf(entry.path, found)
  return { ...rest, ...known }
}

const AHEAD = 4
/** About as many bytes as an entry has, for the limit on silence. */
const ENTRY = 100
const UNKNOWN = 'unknown'
