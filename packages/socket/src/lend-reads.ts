/* Reading a socket of ours without a copy, for an engine that is done with the bytes when it returns. */

import type { Socket } from 'node:net'

import { directReads } from './direct-reads.ts'

/**
 * Calls `take` with what the socket reads from here on, in memory that is used again once `take` has returned. Returns false,
 * and changes nothing, for a socket that was made elsewhere, and for one that has read ahead.
 */
export function lendReads(socket: Socket, take: (chunk: Buffer) => void): boolean {
  const reads = directReads(socket)
  if (reads === undefined || socket.readableLength > 0) return false
  reads.reader ??= {
    memory: () => (shared ??= Buffer.allocUnsafeSlow(BLOCK)),
    filled(memory, size) {
      take(Buffer.from(memory.buffer, memory.byteOffset, size))
      return true
    },
  }
  return true
}

/** Nothing of it is in use when the next read begins, so that one is enough for all. */
let shared: Buffer | undefined
const BLOCK = 256 * 1024
