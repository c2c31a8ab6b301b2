/* Standard input and output joined to a connection. */

import type { Connection } from '@net/socket'

import type { Call } from '../call.ts'
import { harmlessLines } from '../output/harmless.ts'

/** What is read goes to the peer, what it says is printed; ends when the peer has ended. */
export async function joined(call: Call, connection: Connection): Promise<void> {
  const { io, output, signal } = call
  const sending = sent(call, connection)
  const decoder = new TextDecoder()
  const isShown = output.isTerminal && !output.raw
  for (;;) {
    const chunk = await connection.read({ signal })
    if (chunk === null) break
    await output.bytes(isShown ? harmlessLines(decoder.decode(chunk, { stream: true })) : chunk)
  }
  // The peer has gone, and a terminal would go on waiting for keys.
  io.stdin.destroy()
  await sending
}

async function sent({ io, signal }: Call, connection: Connection): Promise<void> {
  try {
    for await (const chunk of io.stdin as AsyncIterable<Uint8Array>) {
      await connection.write(chunk, { signal })
    }
    await connection.end({ signal })
  } catch {
    // The connection has ended, or the run: reading tells how.
  }
}
