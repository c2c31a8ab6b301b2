/* Memory for the bytes of a file that is read: each answer has one piece of it, which is filled again once it was used. */

/** What readers of one session have left, for those that follow. */
export class SpareMemory {
  readonly #pieces: Buffer[] = []

  /** A piece of exactly so many bytes, if there is one. */
  take(size: number): Buffer | undefined {
    return this.#pieces.at(-1)?.length === size ? this.#pieces.pop() : undefined
  }

  /** Nobody uses the piece any more. */
  leave(piece: Buffer): void {
    if (this.#pieces.length < MOST_SPARE) this.#pieces.push(piece)
  }
}

/** The memory of one reader. */
export class DataMemory {
  readonly #size: number
  readonly #isUsedAgain: boolean
  readonly #free: Buffer[] = []
  readonly #own = new Map<ArrayBufferLike, Buffer>()
  readonly #spare: SpareMemory

  /** For answers of at most so many bytes of the file. */
  constructor(block: number, isUsedAgain: boolean, spare: SpareMemory = new SpareMemory()) {
    this.#size = block + BESIDES
    this.#isUsedAgain = isUsedAgain
    this.#spare = spare
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

  /** The reader is done; what it has lent may be in use for longer than it. */
  end(): void {
    for (const piece of this.#free.splice(0)) this.#spare.leave(piece)
  }

  #made(): Buffer {
    const memory = this.#spare.take(this.#size) ?? Buffer.allocUnsafeSlow(this.#size)
    this.#own.set(memory.buffer, memory)
    return memory
  }
}

/** The length in front of the bytes, and a flag that some servers put behind them. */
const BESIDES = 8
/** 8 MiB of the largest pieces. */
const MOST_SPARE = 32
