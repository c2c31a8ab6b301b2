/* SIZE (RFC 3659, section 4): what a transfer is compared with. */

import type { NetError } from '@net/core'
import { addContext, netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { errorOf, isNotKnown, replyError } from './errors.ts'
import { isFolder } from './folder-visit.ts'
import { readSize } from './listing/facts.ts'
import { withoutNames } from './listing/listing-words.ts'
import { asArgument, splitPath } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** The size of a remote file in bytes; undefined where the server does not tell. `isLast` of a call that asks nothing behind it. */
export async function askSize(
  session: Session,
  dialog: Dialog,
  path: string,
  isLast = false,
): Promise<number | undefined> {
  // FEAT does not decide: many servers know SIZE and do not name it.
  if (!session.knows('SIZE')) return undefined
  const command = `SIZE ${asArgument(path)}`
  const reply = await dialog.op.phase('command', () =>
    isLast ? session.askLast(dialog, command) : dialog.ask(command),
  )
  if (isPositive(reply)) {
    session.understood('SIZE')
    return sizeIn(reply)
  }
  if (isNotKnown(replyError(reply, 'SIZE'))) session.refused('SIZE')
  return undefined
}

/** The size of a file as SIZE tells it. Rejects where the server does not tell. */
export async function requireSize(session: Session, dialog: Dialog, path: string): Promise<number> {
  const reply = await dialog.op.phase('command', () => dialog.ask(`SIZE ${asArgument(path)}`))
  if (!isPositive(reply)) throw await whyNot(session, dialog, path, reply)
  const size = sizeIn(reply)
  if (size !== undefined) return size
  throw netError('NET_PROTO_MALFORMED', {
    message: `the server's reply to SIZE has no number: ${reply.text}`,
  })
}

/** Servers say of a folder what they say of a file that is missing. */
async function whyNot(
  session: Session,
  dialog: Dialog,
  path: string,
  reply: FtpReply,
): Promise<NetError> {
  const error = addContext(replyError(reply, 'SIZE'), { phase: 'command' })
  if (error.code !== 'NET_NOT_FOUND') return error
  const folder = await isFolder(session, dialog, path).catch(() => false)
  return folder === true ? errorOf('NET_BAD_NAME', reply, 'SIZE') : error
}

/** The size in a reply: a figure that stands alone at its start or end. Anything else, and two figures that differ, leave it unknown. */
export function sizeIn({ text }: FtpReply): number | undefined {
  const words = (text.split('\n').at(-1) ?? '').slice(CODE).trim().split(/\s+/)
  const [first, last] = [readSize(words[0] ?? ''), readSize(words.at(-1) ?? '')]
  if (first !== undefined && last !== undefined && first !== last) return undefined
  return first ?? last
}

/** The size in `150 Opening BINARY mode data connection for x (12345 bytes).`, as many servers announce the file at `path`. */
export function announcedSize({ text }: FtpReply, path: string): number | undefined {
  const words = withoutNames(withoutNames(text, path), splitPath(path).name || path)
  const [, digits] = /\((\d{1,15}) bytes\)/.exec(words) ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** The digits of the reply's code, and what stands behind them. */
const CODE = 4
