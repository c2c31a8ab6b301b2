/* A message that comes in chunks (BDAT, RFC 3030), however their bytes are cut. */

import { ByteQueue } from '@net/core/authoring'

/** Collects one message. */
export class ChunkDecoder {
  readonly #limit: number
  readonly #kept = new ByteQueue()
  #left = 0
  #size = 0

  /** Beyond `limit` bytes the message is thrown away, but read to its end. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the message had more bytes than the limit. */
  get tooLong(): boolean {
    return this.#size > this.#limit
  }

  /** A chunk of so many bytes follows. */
  begin(size: number): void {
    this.#left = size
  }

  /** The bytes behind the chunk; undefined while it is not whole. */
  push(chunk: Buffer): Buffer | undefined {
    const part = chunk.subarray(0, this.#left)
    this.#left -= part.length
    this.#size += part.length
    if (this.tooLong) this.#kept.clear()
    else this.#kept.push(part)
    return this.#left > 0 ? undefined : chunk.subarray(part.length)
  }

  /** The message so far. */
  message(): Buffer {
    return Buffer.from(this.#kept.peek(this.#kept.length))
  }
}
