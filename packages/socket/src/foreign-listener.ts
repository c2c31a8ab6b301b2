/*
 * A listener of the caller's: what it gives is looked at before it is used, and that it cannot be closed keeps nothing from
 * ending.
 */

import { argument, guarded, option, type Shape } from '@net/core/authoring'

import { isTransport } from './call-doors.ts'
import type { TransportListener } from './dialer.ts'
import { foreignTransport } from './foreign-transport.ts'
import type { Transport } from './transport.ts'

/** The same listener. Its `close` never rejects; what the caller's throws there is a process warning. Throws `NET_BAD_OPTION` for what is none. */
export function foreignListener(dialer: string, given: unknown): TransportListener {
  const listener = argument(`what the dialer ${dialer} listens with`, listening, given)
  const accept = async (): Promise<Transport | null> => {
    const accepted: unknown = await listener.accept()
    if (accepted === null) return null
    return foreignTransport(argument('what accept() of a listener gives', isTransport, accepted))
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= closed(listener))
  return { address: listener.address, accept, close, [Symbol.asyncDispose]: close }
}

async function closed(listener: TransportListener): Promise<void> {
  try {
    await listener.close()
  } catch (error) {
    guarded('close() of a listener', () => {
      throw error
    })()
  }
}

const listening: Shape<TransportListener> = option.methods<TransportListener>(
  'a listener',
  'accept',
  'close',
)
