/* The beginning of a line whose end has not arrived yet. It grows as it must, so that a peer who sends byte by byte costs linear time. */

/** Bytes that wait for the rest of their line. */
export class CutLine {
  #bytes: Buffer = NOTHING
  #length = 0

  /** How many bytes wait. */
  get length(): number {
    return this.#length
  }

  /** Adds the bytes from `start` to `end`. */
  add(bytes: Buffer, start: number, end: number): void {
    const size = end - start
    const needed = this.#length + size
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * needed, SMALLEST))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    bytes.copy(this.#bytes, this.#length, start, end)
    this.#length = needed
  }

  /** All of them; none waits any more. What is given is good until the next call. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = NOTHING
    this.#length = 0
    return taken
  }
}

const NOTHING: Buffer = Buffer.alloc(0)
const SMALLEST = 256
