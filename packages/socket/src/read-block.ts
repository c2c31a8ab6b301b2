/*
 * Memory of a connection's own for what it reads in bulk: a chunk that fills it is handed over without a copy, and a reader that
 * has copied it gives the memory back. It must not know how reads are served.
 */

/** The memory of one connection. It has none while what arrives is small. */
export class ReadBlock {
  #block: Uint8Array | undefined
  #isBulk = false

  /** Where the next bytes may go; undefined while the socket's own memory is better. */
  memory(): Uint8Array | undefined {
    if (this.#isBulk) this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    return this.#block
  }

  /** What has arrived, as it may be kept until `kept` or `copied` is called. */
  arrived(chunk: Uint8Array): Uint8Array {
    this.#isBulk = isBulk(chunk)
    if (this.#isBulk || chunk.buffer !== this.#block?.buffer) return chunk
    // The rest of the memory would be held for a few bytes.
    this.#block = undefined
    return new Uint8Array(chunk)
  }

  /** Somebody has the chunk, and its memory with it. */
  kept(chunk: Uint8Array): void {
    if (chunk.buffer === this.#block?.buffer) this.#block = undefined
  }
}

/** Whether so much arrives at once that memory of its own is worth it. */
export function isBulk(chunk: Uint8Array): boolean {
  return chunk.length >= BLOCK
}

/** As much as a socket reads at once. */
const BLOCK = 65_536
