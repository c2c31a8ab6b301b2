/*
 * A road through other SSH servers, one after the other: each hop is a connection of its own, which ends with the road. It
 * must not know how a hop is logged in to.
 */

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import type { Dialer, DialOptions, Transport } from '@net/socket'

import type { SshClient } from './client.ts'

/** A server on the way. */
export interface JumpHop {
  /** What messages call it. */
  readonly name: string
  /** Connects over this road and logs in. */
  connect(dialer: Dialer, options: DialOptions | undefined): Promise<SshClient>
}

/** Dials from the last hop; the first one is reached by `base`. The error of a hop names it, and which of how many it is. */
export function jumpDialer(hops: readonly JumpHop[], base: Dialer): Dialer {
  return {
    name: 'jump',
    async dial(endpoint, options) {
      const clients: SshClient[] = []
      try {
        let dialer = base
        for (const hop of hops) {
          const client = await reachHop(hop, dialer, options, hops)
          clients.push(client)
          dialer = client.dialer
        }
        const transport = await dialer.dial(endpoint, options)
        leaveWith(transport, clients)
        return transport
      } catch (error) {
        await leave(clients)
        throw error
      }
    },
  }
}

async function reachHop(
  hop: JumpHop,
  dialer: Dialer,
  options: DialOptions | undefined,
  hops: readonly JumpHop[],
): Promise<SshClient> {
  try {
    return await hop.connect(dialer, options)
  } catch (error) {
    if (!isNetError(error) || options?.signal?.aborted === true) throw error
    const which = `hop ${hops.indexOf(hop) + 1} of ${hops.length}`
    const { code, retry, limit, reply } = error
    const message = `the way leads over ${hop.name} (${which}), which failed: ${error.message}`
    throw netError(code, { message, retry, limit, reply, cause: error })
  }
}

function leaveWith(transport: Transport, clients: readonly SshClient[]): void {
  const gone = (): void => void leave(clients)
  transport.duplex?.once('close', gone)
  void transport.closed?.then(gone)
  // A hop that is lost takes the road with it, which then says so itself.
}

async function leave(clients: readonly SshClient[]): Promise<void> {
  for (const client of clients.toReversed()) await client.close({ grace: 0 })
}
