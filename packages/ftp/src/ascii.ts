/* Work in ASCII mode (TYPE A); the session is in binary mode again before anything else is done. */

import type { Dialog } from './dialog.ts'
import type { Session } from './session.ts'

/** Runs the work between TYPE A and TYPE I. Rejects with the server's refusal of the type. */
export async function inAscii<T>(
  session: Session,
  dialog: Dialog,
  work: () => Promise<T>,
): Promise<T> {
  session.owe(BINARY)
  await dialog.op.phase('command', () => dialog.prepare('TYPE A'))
  try {
    return await work()
  } finally {
    // After a call that was stopped, the next one does it.
    if (!dialog.op.signal.aborted && !dialog.control.owed) await session.repay(dialog)
  }
}

const BINARY = 'TYPE I'
