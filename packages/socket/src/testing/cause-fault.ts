/*
 * What a test server does to a connection for a fault: the same in all protocols, however they talk. It must not know when
 * a fault happens; `FaultRules` does.
 */

import { pause } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import type { FaultWord } from './fault-rules.ts'

/** Does what a fault says in the place of an answer; resolves to whether the answer is still to come. */
export async function causeFault(
  connection: Connection,
  fault: FaultWord | { readonly delay: number } | undefined,
): Promise<boolean> {
  if (fault === undefined) return true
  if (typeof fault === 'object') {
    await pause(fault.delay)
    return true
  }
  await CAUSES[fault](connection)
  return false
}

const CR = 0x0d
const LF = 0x0a
const CAUSES: Readonly<Record<FaultWord, (connection: Connection) => Promise<void>>> = {
  drop: (connection) => connection.close(),
  reset: async (connection) => connection.abort(),
  async stall(connection) {
    // Whatever comes is read and not looked at, until the client leaves.
    for await (const chunk of connection) void chunk
  },
  'half-close': (connection) => connection.end(),
  garbage: (connection) => connection.write(GARBAGE),
}

// No protocol begins so; and it ends as a line does, for those who read lines.
const GARBAGE: Uint8Array = Uint8Array.from([
  ...Array.from({ length: 64 }, (_, index) => (index * 167 + 129) & 0xff).filter(
    (byte) => byte !== CR && byte !== LF,
  ),
  CR,
  LF,
])
