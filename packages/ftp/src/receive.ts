/*
 * From a data connection into a sink: reading goes on while the sink writes, and what arrives meanwhile is written as
 * one. It must not know what the sink is.
 */

import { ByteQueue, type Operation, stoppable } from '@net/core/authoring'
import type { Transport } from '@net/socket'
import { isEnd } from '@net/socket/authoring'

/** Where received bytes go; `write` is called again only when it has resolved. Resolves to the bytes the sink has in all. */
export type WriteChunk = (chunk: Uint8Array) => Promise<number>

/** Moves everything until the peer ends. A write that fails ends the connection at once. */
export async function receiveInto(
  op: Operation,
  data: Transport,
  write: WriteChunk,
  total: number | undefined,
): Promise<void> {
  const batch = new Batch(
    async (bytes) => op.progress(await write(bytes), total),
    (error) => data.abort(error),
  )
  try {
    for (;;) {
      const chunk = await nextChunk(op, data).catch((error: unknown) => {
        // Where the size is known it tells by itself whether something is missing.
        if (total !== undefined && isEnd(error)) return null
        throw error
      })
      if (chunk === null) break
      op.idle.moved(chunk.length)
      await batch.add(chunk)
    }
  } catch (error) {
    throw batch.failure ?? error
  }
  await batch.end()
}

/** The next bytes; `idle` runs only while it is the server that we wait for. */
export async function nextChunk(op: Operation, data: Transport): Promise<Uint8Array | null> {
  op.idle.start()
  try {
    return await stoppable(op, data.read())
  } finally {
    op.idle.stop()
  }
}

/** Chunks that wait for the write before them. */
class Batch {
  /** What a write failed with. */
  failure: unknown
  readonly #write: (bytes: Uint8Array) => Promise<void>
  readonly #failed: (error: unknown) => void
  readonly #waiting = new ByteQueue()
  #writing: Promise<void> | undefined

  constructor(write: (bytes: Uint8Array) => Promise<void>, failed: (error: unknown) => void) {
    this.#write = write
    this.#failed = failed
  }

  /** Resolves when there is room for more. */
  async add(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk)
    if (this.#writing !== undefined && this.#waiting.length < ENOUGH) return
    await this.#writing
    this.#begin()
  }

  /** Resolves when everything is written. */
  async end(): Promise<void> {
    await this.#writing
    if (this.#waiting.length > 0) this.#begin()
    await this.#writing
  }

  #begin(): void {
    const writing = this.#write(this.#waiting.take(this.#waiting.length))
    this.#writing = writing
    writing.then(
      () => {
        if (this.#writing === writing) this.#writing = undefined
      },
      (error: unknown) => {
        // The reader may be waiting for a server that has nothing to say.
        this.failure = error
        this.#failed(error)
      },
    )
  }
}

const ENOUGH = 262_144
