/* Writing without waiting where the kernel takes all at once, as it does most of the time. */

import { DONE } from './handled.ts'
import type { Transport } from './transport.ts'

/** Writes; undefined if there is room for more already, else what the transport gives. */
export function writeNow(
  transport: Transport,
  chunks: readonly Uint8Array[],
): Promise<void> | undefined {
  const taken = transport.write(chunks)
  return taken === DONE ? undefined : taken
}

/** As `writeNow`, for text each character of which is a byte. */
export function writeTextNow(transport: Transport, text: string): Promise<void> | undefined {
  const taken = transport.writeText?.(text) ?? transport.write([Buffer.from(text, 'latin1')])
  return taken === DONE ? undefined : taken
}
