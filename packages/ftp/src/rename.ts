/*
 * Another name for what is there: RNFR, which the server holds until RNTO comes. One that was left without is taken back before
 * the next call, as there are servers that refuse everything else until then.
 */

import type { Dialog } from './dialog.ts'
import { replyError } from './errors.ts'
import { asArgument } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** Sends both; resolves to the answer to RNTO, whatever it is. Rejects with the refusal of RNFR. */
export async function renamed(
  session: Session,
  dialog: Dialog,
  from: string,
  to: string,
): Promise<FtpReply> {
  return dialog.op.phase('command', async () => {
    const ready = await chosen(session, dialog, from)
    if (ready.status !== 350) throw replyError(ready, 'RNFR')
    const reply = await dialog.work(`RNTO ${asArgument(to)}`)
    session.settle(takingBack(from))
    if (isPositive(reply)) session.times.renamed(from, to)
    return reply
  })
}

/** What the server says to RNFR of this path: 350 where it could rename it. Nothing is renamed. */
export async function chosen(session: Session, dialog: Dialog, path: string): Promise<FtpReply> {
  session.owe(takingBack(path))
  const reply = await dialog.ask(`RNFR ${asArgument(path)}`)
  if (reply.status !== 350) session.settle(takingBack(path))
  return reply
}

/** To its own name, which changes nothing. */
function takingBack(path: string): string {
  return `RNTO ${asArgument(path)}`
}
