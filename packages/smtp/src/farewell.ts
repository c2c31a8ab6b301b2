/* The end of a session that nobody waits for any more. */

import { clock, closedError } from '@net/core/authoring'

import type { SmtpSession } from './session.ts'

/**
 * Says goodbye and closes; a server that does not answer, or stays, is cut off after a second. A call that still runs is cut off at
 * once: the goodbye might stand within its message. Never rejects.
 */
export async function farewell(session: SmtpSession): Promise<void> {
  if (session.ended) return
  const cut = (): void => {
    session.lose(closedError())
    session.transport.abort()
  }
  if (session.op !== undefined) {
    cut()
    return
  }
  const late = clock().after(PATIENCE, cut)
  await session.quit('QUIT').catch(cut)
  late.clear()
}

const PATIENCE = 1000
