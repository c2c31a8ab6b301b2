/*
 * Bytes that have arrived and were not taken yet. Small chunks are gathered into blocks, so that a peer who sends
 * byte by byte costs no more than one who sends them together: what is held is a small multiple of the bytes. Knows no
 * I/O.
 */

/** A queue of bytes with a look ahead; also where bytes are collected, to be taken as one. */
export class ByteQueue {
  /** While the queue is empty there may be an empty one, whose place the next one takes: a list that empties lets go of its memory. */
  #chunks: Uint8Array[] = []
  #length = 0
  /** The block behind the last chunk, if it is ours; its bytes up to `#filled` are taken. */
  #block: Uint8Array = EMPTY
  #filled = 0
  /** How many bytes at the end of the last chunk are in the block, and not yet in the chunk. */
  #unseen = 0

  /** How many bytes it holds. */
  get length(): number {
    return this.#length
  }

  /** Adds at the end. The chunk must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    const isFirst = this.#length === 0
    this.#length += chunk.length
    if (isFirst) {
      // There is no block either.
      this.#chunks[0] = chunk
      return
    }
    const room = this.#block.length - this.#filled
    if (chunk.length <= room) return this.#fill(chunk)
    if (room > 0) this.#fill(chunk.subarray(0, room))
    this.#add(room > 0 ? chunk.subarray(room) : chunk)
  }

  #add(chunk: Uint8Array): void {
    this.#show()
    this.#block = EMPTY
    this.#filled = 0
    if (isWorthKeeping(chunk)) {
      this.#chunks.push(chunk)
      return
    }
    // As large as what is there already: a short text needs no large block, and a long one few.
    const size = Math.max(Math.min(BLOCK, this.#length), 2 * chunk.length, SMALL)
    this.#block = unset(size)
    this.#block.set(chunk)
    this.#filled = chunk.length
    this.#chunks.push(this.#block.subarray(0, chunk.length))
  }

  /** Puts the chunk, which has room there, into the block; the view of it grows when somebody looks. */
  #fill(chunk: Uint8Array): void {
    this.#block.set(chunk, this.#filled)
    this.#filled += chunk.length
    this.#unseen += chunk.length
  }

  /** Makes the last chunk as long as what is in its block. */
  #show(): void {
    if (this.#unseen === 0) return
    const last = this.#chunks.length - 1
    const shown = this.#chunks[last]?.length ?? 0
    const begin = this.#filled - this.#unseen - shown
    this.#chunks[last] = this.#block.subarray(begin, this.#filled)
    this.#unseen = 0
  }

  #forgetBlock(): void {
    this.#block = EMPTY
    this.#filled = 0
    this.#unseen = 0
  }

  /** Puts bytes back in front. */
  unshift(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#show()
    if (this.#length === 0) this.#chunks[0] = chunk
    else this.#chunks.unshift(chunk)
    this.#length += chunk.length
  }

  /** The next bytes, at most `max` of them, without copying; the queue must not be empty. */
  next(max: number = Infinity): Uint8Array {
    if (this.#unseen > 0) this.#show()
    const first = this.#chunks[0]
    if (first === undefined) return EMPTY
    if (first.length <= max) {
      this.#length -= first.length
      if (this.#chunks.length > 1) this.#chunks.shift()
      else this.#chunks[0] = EMPTY
      if (this.#length === 0 && this.#filled > 0) this.#forgetBlock()
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
    this.#forgetBlock()
  }

  /** Exactly so many bytes as one; the queue must have them. */
  take(size: number): Uint8Array {
    if (this.#unseen > 0) this.#show()
    const first = this.#chunks[0]
    if (first === undefined || size <= first.length) return this.next(size)
    const taken = unset(size)
    for (let at = 0; at < size;) {
      const part = this.next(size - at)
      taken.set(part, at)
      at += part.length
    }
    return taken
  }

  /** Where the pattern begins at or after `from`; -1 if it is not there. The pattern must not be empty. */
  indexOf(pattern: Uint8Array, from: number): number {
    this.#show()
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
    this.#show()
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
    this.#show()
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

/** Memory that is about to be filled, and need not be emptied first. */
function unset(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
}

/** Whether the chunk may stay as it is: it is not tiny, and no small part of a large buffer, which would stay with it. */
function isWorthKeeping(chunk: Uint8Array): boolean {
  return chunk.length >= SMALL && chunk.length * 4 >= chunk.buffer.byteLength
}

const SMALL = 1024
const BLOCK = 16 * 1024
const EMPTY: Uint8Array = new Uint8Array(0)
