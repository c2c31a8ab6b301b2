/* What a server may send on a channel (RFC 4254, section 5). Pure; it must not know ssh2. */

import type { EngineFlow } from './ssh2-types.ts'

/** What is announced when a channel is opened. */
export interface Opening {
  packetSize: number
  readonly window: number
}

/** Why a packet size may not be; what is larger than the usual is cut to it. */
export function packetSizeFault(info: Opening): string | undefined {
  if (info.packetSize < SMALLEST_PACKET || info.packetSize > LARGEST_PACKET) {
    return `the server announced packets of ${info.packetSize} bytes; ${SMALLEST_PACKET} to ${LARGEST_PACKET} are allowed`
  }
  // Larger ones are allowed to be sent, not required (RFC 4253, section 6.1).
  info.packetSize = Math.min(info.packetSize, LARGEST)
  return undefined
}

/** Why data may not come on this channel; undefined stands for none of that number. */
export function dataFault(
  incoming: EngineFlow | undefined,
  id: number,
  length: number,
): string | undefined {
  if (incoming === undefined) return `the server sent data for channel ${id}, which is not open`
  if (incoming.state !== 'open') return 'the server sent data after the end of a channel'
  if (length > LARGEST) {
    return `the server sent a packet of ${length} bytes, beyond the ${LARGEST} allowed`
  }
  if (length > incoming.window) {
    return `the server sent ${length} bytes into a window of ${incoming.window}`
  }
  return undefined
}

/** Why a window may not be opened by so much. */
export function windowFault(outgoing: EngineFlow | undefined, more: number): string | undefined {
  if (outgoing === undefined || outgoing.window + more <= LARGEST_WINDOW) return undefined
  return 'the server opened a window beyond the largest there can be'
}

/** What both sides announce as their largest packet. */
export const LARGEST: number = 32 * 1024
const SMALLEST_PACKET = 256
const LARGEST_PACKET = 2 ** 31 - 1
const LARGEST_WINDOW = 2 ** 32 - 1
