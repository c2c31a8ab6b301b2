/* MDTM (RFC 3659, section 3), as the server tells it. */

import type { Dialog } from './dialog.ts'
import { isNotKnown, replyError } from './errors.ts'
import { readTime } from './listing/facts.ts'
import { asArgument } from './remote-path.ts'
import { isPositive } from './reply.ts'
import type { Session } from './session.ts'

/** When a file was modified, in milliseconds since 1970, by the server's clock as if that were UTC; undefined where the server does not tell. */
export async function askTold(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<number | undefined> {
  if (!session.knows('MDTM')) return undefined
  const reply = await dialog.op.phase('command', () => dialog.ask(`MDTM ${asArgument(path)}`))
  if (isPositive(reply)) {
    session.understood('MDTM')
    return readTime(reply.text.slice(CODE).trim().split(/\s+/)[0] ?? '')
  }
  if (isNotKnown(replyError(reply, 'MDTM'))) session.refused('MDTM')
  return undefined
}

/** The digits of the reply's code, and what stands behind them. */
const CODE = 4
