/* Several sources sent as one: bytes, and what is read when its turn comes. Its length is known if all lengths are. */

import type { Source } from '@net/core'
import { netError, openSource, type OpenSource } from '@net/core/authoring'

/** Opens the pieces to be read once, one behind the other. Rejects like `openSource`. */
export async function openJoined(pieces: readonly (Uint8Array | Source)[]): Promise<OpenSource> {
  const opened: OpenSource[] = []
  try {
    for (const piece of pieces) opened.push(await openSource(piece))
    return new JoinedSource(opened)
  } catch (error) {
    for (const each of opened) await each.close()
    throw error
  }
}

class JoinedSource implements OpenSource {
  readonly size: number | undefined
  readonly replayable: boolean
  readonly #parts: readonly OpenSource[]
  #closed = false

  constructor(parts: readonly OpenSource[]) {
    this.#parts = parts
    this.replayable = parts.every((each) => each.replayable)
    this.size = parts.reduce<number | undefined>(
      (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    )
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    for (const part of this.#parts) {
      // An end here would make what was sent look complete.
      if (this.#closed) throw netError('NET_CLOSED', { message: 'the source was closed' })
      yield* part.chunks()
      await part.close()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#parts.map((each) => each.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
