/* A source whose bytes are looked at, changed or held back before they are sent. */

import type { OpenSource } from '@net/core/authoring'

/** What becomes of each piece before it is sent; the piece may be changed only where `chunks` are asked for. */
export interface SourceTap {
  /** Called with each piece; the next is not read before it has resolved. */
  readonly look: (bytes: Uint8Array) => Promise<void> | void
  /** What is sent in its place. Default the piece itself. */
  readonly change?: (bytes: Uint8Array) => Uint8Array
  /** The most bytes of one read. Default any. */
  readonly piece?: number
}

/** The source with the tap. */
export function tapped(source: OpenSource, tap: SourceTap): OpenSource {
  const { look, change, piece = Infinity } = tap
  const open = source.reader?.bind(source)
  const reader =
    open === undefined || change !== undefined
      ? undefined
      : async () => {
          const read = await open()
          return async (memory: Uint8Array): Promise<number> => {
            const length = await read(memory.length > piece ? memory.subarray(0, piece) : memory)
            if (length > 0) await look(memory.subarray(0, length))
            return length
          }
        }
  return {
    size: change === undefined ? source.size : undefined,
    replayable: source.replayable,
    async *chunks() {
      for await (const chunk of source.chunks()) {
        await look(chunk)
        yield change === undefined ? chunk : change(chunk)
      }
    },
    ...(reader === undefined ? {} : { reader }),
    close: () => source.close(),
    [Symbol.asyncDispose]: () => source.close(),
  }
}
