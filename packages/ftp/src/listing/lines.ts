/* A listing as the server writes it: names alone (NLST), or its lines for people (LIST), as they are. */

import { isNetError } from '@net/core'

import type { Dialog } from '../dialog.ts'
import { isVague } from '../errors.ts'
import { visit } from '../folder-visit.ts'
import { asArgument } from '../remote-path.ts'
import type { Session } from '../session.ts'
import { transfer } from '../transfer.ts'
import { fromWire } from '../wire-text.ts'
import { drain, LARGEST_LISTING } from './drain.ts'
import { cutShort, isAboutEmptiness } from './listing-words.ts'

/** What is asked for. */
export interface LinesPlan {
  readonly verb: 'LIST' | 'NLST'
  readonly folder: string
  /** Default 16 MiB. */
  readonly maxBytes?: number | undefined
}

/**
 * The lines of a listing. Rejects with `NET_PROTO_INCOMPLETE` where the server says that it left some out, and with its
 * refusal of the folder.
 */
export async function listLines(
  session: Session,
  dialog: Dialog,
  plan: LinesPlan,
): Promise<readonly string[]> {
  const { verb, folder } = plan
  if (folder === '.') return fetchLines(session, dialog, plan, verb)
  const inside = await visit(session, dialog, folder, () => fetchLines(session, dialog, plan, verb))
  return inside ?? fetchLines(session, dialog, plan, `${verb} ${asArgument(folder)}`)
}

async function fetchLines(
  session: Session,
  dialog: Dialog,
  { folder, maxBytes = LARGEST_LISTING }: LinesPlan,
  command: string,
): Promise<readonly string[]> {
  const listed = await transfer(session, dialog, {
    command,
    mayEndEarly: true,
    move: (data) => drain(dialog, data, maxBytes),
  }).catch((error: unknown) => {
    if (isNetError(error) && isAboutNothing(error.reply, command)) return undefined
    throw error
  })
  if (listed === undefined) return []
  const cut = cutShort(listed.reply, folder)
  if (cut !== undefined) throw cut
  return linesOf(listed.moved, dialog)
}

/** Inside a folder that is there, a refusal without a word on why is about the folder's emptiness (inetutils). */
function isAboutNothing(
  reply: { readonly status?: number; readonly text?: string } | undefined,
  command: string,
): boolean {
  const { status = 0, text = '' } = reply ?? {}
  if (isAboutEmptiness({ status, text })) return true
  return command === 'NLST' && status === 550 && isVague({ status, text }, 'RETR')
}

function linesOf(listing: Uint8Array, { control }: Dialog): readonly string[] {
  const bytes = Buffer.from(listing.buffer, listing.byteOffset, listing.length)
  const lines: string[] = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LF, start)
    const end = found < 0 ? bytes.length : found
    const line = bytes.subarray(start, bytes[end - 1] === CR ? end - 1 : end)
    if (line.length > 0) lines.push(fromWire(line, control.encoding))
    start = end + 1
  }
  return lines
}

const LF = 0x0a
const CR = 0x0d
