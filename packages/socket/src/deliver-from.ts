/* What arrives on a connection, handed over as it arrives instead of read: for a protocol whose messages come at any time. */

import type { Connection } from './connection.ts'
import { deliverTo } from './pulled-inflow.ts'
import { StreamConnection } from './stream-connection.ts'
import type { ByteReceiver, Inflow } from './transport.ts'

/**
 * Has the connection hand everything to the receiver, what is here already first, within the call; there are no reads from then
 * on. `resume` says that there is room again.
 */
export function deliverFrom(
  connection: Connection,
  receiver: ByteReceiver,
): Pick<Inflow, 'resume'> {
  if (!(connection instanceof StreamConnection)) return deliverTo(connection, receiver)
  connection.passTo(receiver)
  return { resume: () => connection.passOn() }
}
