/*
 * Bytes that have arrived and were not taken yet. Small chunks are gathered into blocks, so that a peer who sends
 * byte by byte costs no more than one who sends them together: what is held is a small multiple of the bytes. Knows no
 * I/O.
 */

/** A queue of bytes with a look ahead; also where bytes are collected, to be taken as one. */
export class ByteQueue {
  #chunks: Uint8Array[] = []
  #length = 0
  /** How many bytes at the end of the last chunk's buffer are free, if that buffer is ours. */
  #room = 0

  /** How many bytes it holds. */
  get length(): number {
    return this.#length
  }

  /** Adds at the end. The chunk must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#length += chunk.length
    const rest = this.#room === 0 ? chunk : this.#fill(chunk)
    if (rest.length === 0) return
    if (this.#chunks.length === 0 || isWorthKeeping(rest)) {
      this.#chunks.push(rest)
      this.#room = 0
      return
    }
    const block = new Uint8Array(Math.max(BLOCK, rest.length))
    block.set(rest)
    this.#chunks.push(block.subarray(0, rest.length))
    this.#room = block.length - rest.length
  }

  /** Puts into the last block what it has room for; gives back the rest. */
  #fill(chunk: Uint8Array): Uint8Array {
    const last = this.#chunks.length - 1
    const tail = this.#chunks[last]
    if (tail === undefined) return chunk
    const size = Math.min(this.#room, chunk.length)
    const grown = new Uint8Array(tail.buffer, tail.byteOffset, tail.length + size)
    grown.set(chunk.subarray(0, size), tail.length)
    this.#chunks[last] = grown
    this.#room -= size
    return chunk.subarray(size)
  }

  /** Puts bytes back in front. */
  unshift(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.#chunks.length === 0) this.#room = 0
    this.#chunks.unshift(chunk)
    this.#length += chunk.length
  }

  /** The next bytes, at most `max` of them, without copying; the queue must not be empty. */
  next(max: number = Infinity): Uint8Array {
    const first = this.#chunks[0]
    if (first === undefined) return EMPTY
    if (first.length <= max) {
      this.#chunks.shift()
      this.#length -= first.length
      if (this.#chunks.length === 0) this.#room = 0
      return first
    }
    this.#chunks[0] = first.subarray(max)
    this.#length -= max
    return first.subarray(0, max)
  }

  /** Forgets all. */
  clear(): void {
    this.#chunks = []
    this.#length = 0
    this.#room = 0
  }

  /** Exactly so many bytes as one; the queue must have them. */
  take(size: number): Uint8Array {
    const first = this.#chunks[0]
    if (first === undefined || size <= first.length) return this.next(size)
    const taken = new Uint8Array(size)
    for (let at = 0; at < size;) {
      const part = this.next(size - at)
      taken.set(part, at)
      at += part.length
    }
    return taken
  }

  /** Where the pattern begins at or after `from`; -1 if it is not there. The pattern must not be empty. */
  indexOf(pattern: Uint8Array, from: number): number {
    const final = pattern.at(-1) ?? 0
    let start = 0
    for (const chunk of this.#chunks) {
      const end = start + chunk.length
      // The last byte of a match that begins at `from` or later.
      const first = Math.max(from + pattern.length - 1 - start, 0)
      for (let at = chunk.indexOf(final, first); at >= 0; at = chunk.indexOf(final, at + 1)) {
        const begin = start + at - pattern.length + 1
        if (this.#matches(pattern, begin)) return begin
      }
      start = end
    }
    return -1
  }

  /** A copy of the next bytes, at most `max` of them, which stay where they are. */
  peek(max: number): Uint8Array {
    const size = Math.min(max, this.#length)
    const copy = new Uint8Array(size)
    let at = 0
    for (const chunk of this.#chunks) {
      if (at === size) break
      const part = chunk.subarray(0, size - at)
      copy.set(part, at)
      at += part.length
    }
    return copy
  }

  /** The byte at that place; undefined beyond the end. */
  byteAt(index: number): number | undefined {
    let rest = index
    for (const chunk of this.#chunks) {
      if (rest < chunk.length) return chunk[rest]
      rest -= chunk.length
    }
    return undefined
  }

  #matches(pattern: Uint8Array, begin: number): boolean {
    // The last byte has been compared already.
    for (let at = 0; at < pattern.length - 1; at++) {
      if (this.byteAt(begin + at) !== pattern[at]) return false
    }
    return true
  }
}

/** Whether the chunk may stay as it is: it is not tiny, and no small part of a large buffer, which would stay with it. */
function isWorthKeeping(chunk: Uint8Array): boolean {
  return chunk.length >= SMALL && chunk.length * 4 >= chunk.buffer.byteLength
}

const SMALL = 1024
const BLOCK = 16 * 1024
const EMPTY: Uint8Array = new Uint8Array(0)
