/* SIZE (RFC 3659, section 4): what a transfer is compared with. */

import type { Dialog } from './dialog.ts'
import { parseSize } from './listing/facts.ts'
import { asArgument } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** The size of a remote file in bytes; undefined where the server has no such command or does not tell for this file. */
export async function askSize(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<number | undefined> {
  // A server that refuses FEAT may know SIZE all the same.
  if (session.features.size > 0 && !session.features.has('SIZE')) return undefined
  const reply = await dialog.op.phase('command', () => dialog.ask(`SIZE ${asArgument(path)}`))
  return isPositive(reply) ? sizeIn(dialog, reply) : undefined
}

/** The size that a 213 reply tells. Throws `NET_PROTO_MALFORMED`, and ends the connection, for anything else. */
export function sizeIn(dialog: Dialog, reply: FtpReply): number {
  return dialog.read(() => parseSize(reply.text.slice(CODE).trim()))
}

/** The digits of the reply's code. */
const CODE = 3
