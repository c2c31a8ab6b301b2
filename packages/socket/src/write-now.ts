/* Writing without waiting where the kernel takes all at once, as it does most of the time. */

import { DONE } from './handled.ts'
import type { Transport } from './transport.ts'

/** Writes, to a transport or a connection; undefined if there is room for more already, else what that gives. */
export function writeNow(
  to: Pick<Transport, 'write'>,
  chunks: readonly Uint8Array[],
): Promise<void> | undefined {
  const taken = to.write(chunks)
  return taken === DONE ? undefined : taken
}

/** As `writeNow`, for text each character of which is a byte. */
export function writeTextNow(transport: Transport, text: string): Promise<void> | undefined {
  const taken = transport.writeText?.(text) ?? transport.write([Buffer.from(text, 'latin1')])
  return taken === DONE ? undefined : taken
}
