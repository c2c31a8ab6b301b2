/* The bytes of an opened source into a function, chunk by chunk, until it ends or the call is stopped. */

import { lettingGo, type OpenSource, type Operation } from '@net/core/authoring'

/**
 * Gives every chunk to `take`, one after the other; resolves to how many bytes they were. When the operation stops, the
 * source is let go at once, and nothing is taken any more.
 */
export async function pour(
  op: Operation,
  opened: OpenSource,
  take: (chunk: Uint8Array) => Promise<void> | void,
): Promise<number> {
  let stopped: Error | undefined
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= lettingGo(opened.close()))
  const forget = op.onAbort((reason) => {
    stopped = reason
    close().catch(() => {})
  })
  let moved = 0
  try {
    for await (const chunk of opened.chunks()) {
      if (stopped !== undefined) throw stopped
      await take(chunk)
      moved += chunk.length
      op.progress(moved, opened.size)
    }
    if (stopped !== undefined) throw stopped
    return moved
  } finally {
    forget()
    await close()
  }
}
