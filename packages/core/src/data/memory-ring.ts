/*
 * A few large blocks of memory that are filled and emptied over and over: where bytes can be read to and written from
 * in place, each block costs once, however many bytes pass. Knows no I/O.
 */

/** Blocks of memory to be filled from their beginning on. What was taken has to be given back before it is filled again. */
export class MemoryRing {
  readonly #free: Block[] = []
  readonly #byBuffer = new Map<ArrayBufferLike, Block>()
  #current: Block | undefined

  /** The memory to fill next; undefined while all of it is taken. */
  next(): Uint8Array | undefined {
    const current = this.#current
    if (current !== undefined) {
      // No part of it is in use any more, so it can be filled from its beginning.
      if (current.held === 0) current.filled = 0
      if (current.memory.length - current.filled >= LEAST) {
        return current.memory.subarray(current.filled)
      }
    }
    const next = this.#free.pop() ?? this.#made()
    if (next !== undefined) this.#current = next
    return next?.memory
  }

  /** Whether `next` has memory. */
  get hasRoom(): boolean {
    const current = this.#current
    if (this.#free.length > 0 || this.#byBuffer.size < BLOCKS) return true
    if (current === undefined) return false
    return current.held === 0 || current.memory.length - current.filled >= LEAST
  }

  /** The chunk was filled and is taken; false if it is no part of the ring's memory. */
  take(chunk: Uint8Array): boolean {
    const block = this.#byBuffer.get(chunk.buffer)
    if (block === undefined) return false
    block.held += 1
    block.filled = chunk.byteOffset + chunk.length - block.memory.byteOffset
    return true
  }

  /** The chunk may be filled again. */
  giveBack(chunk: Uint8Array): void {
    const block = this.#byBuffer.get(chunk.buffer)
    if (block === undefined) return
    block.held -= 1
    if (block.held > 0 || block === this.#current) return
    block.filled = 0
    this.#free.push(block)
  }

  #made(): Block | undefined {
    if (this.#byBuffer.size >= BLOCKS) return undefined
    const memory = Buffer.allocUnsafeSlow(BLOCK)
    const block = { memory, filled: 0, held: 0 }
    this.#byBuffer.set(memory.buffer, block)
    return block
  }
}

interface Block {
  readonly memory: Uint8Array
  /** How many bytes from its beginning are, or were, in use. */
  filled: number
  /** How many chunks of it are taken. */
  held: number
}

const BLOCKS = 6
const BLOCK = 262_144
/** A smaller rest of a block is not worth a read. */
const LEAST = 16_384
