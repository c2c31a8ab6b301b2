/* The bytes of a source from a place on, for those who do not send them at once. */

import type { Source } from '@net/core'
import { openSource } from '@net/core/authoring'

/** The chunks of the source without its first bytes; the source is closed when the iteration ends. */
export async function* chunksOf(source: Source, skip = 0): AsyncGenerator<Uint8Array, void> {
  const opened = await openSource(source)
  let left = skip
  try {
    for await (const chunk of opened.chunks()) {
      const from = Math.min(left, chunk.length)
      left -= from
      if (from < chunk.length) yield chunk.subarray(from)
    }
  } finally {
    await opened.close()
  }
}
