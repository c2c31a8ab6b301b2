/* Memory for the bytes of a file that is read: each answer has one piece of it, which is filled again once it was used. */

/** The memory of one reader. */
export class DataMemory {
  readonly #size: number
  readonly #isUsedAgain: boolean
  readonly #free: Buffer[] = []
  readonly #own = new Map<ArrayBufferLike, Buffer>()

  /** For answers of at most so many bytes of the file. */
  constructor(block: number, isUsedAgain: boolean) {
    this.#size = block + BESIDES
    this.#isUsedAgain = isUsedAgain
  }

  /** Memory for an answer of so many bytes; undefined for one that has more than was asked for. */
  next(length: number): Buffer | undefined {
    if (length > this.#size) return undefined
    // The last part of a file is not worth a whole piece.
    if (!this.#isUsedAgain || length < this.#size / 2) return Buffer.allocUnsafe(length)
    return (this.#free.pop() ?? this.#made()).subarray(0, length)
  }

  /** These bytes are used no more. */
  giveBack(pieces: readonly Buffer[]): void {
    for (const { buffer } of pieces) {
      const memory = this.#own.get(buffer)
      if (memory !== undefined) this.#free.push(memory)
    }
  }

  #made(): Buffer {
    const memory = Buffer.allocUnsafeSlow(this.#size)
    this.#own.set(memory.buffer, memory)
    return memory
  }
}

/** The length in front of the bytes, and a flag that some servers put behind them. */
const BESIDES = 8
