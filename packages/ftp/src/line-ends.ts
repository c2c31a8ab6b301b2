/* Line ends of text in ASCII mode: CR LF on the wire (RFC 959, section 3.1.1.1), LF here. Chunks may be split anywhere. */

/** Makes CR LF of every LF that has no CR before it. */
export class ToWire {
  #last = 0

  convert(chunk: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(chunk.length * 2)
    let length = 0
    for (const byte of chunk) {
      if (byte === LF && this.#last !== CR) out[length++] = CR
      out[length++] = byte
      this.#last = byte
    }
    return out.subarray(0, length)
  }
}

/** Makes LF of every CR LF; a CR alone stays. */
export class FromWire {
  #held = false

  convert(chunk: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (this.#held && byte !== LF) out[length++] = CR
      this.#held = byte === CR
      if (!this.#held) out[length++] = byte
    }
    return out.subarray(0, length)
  }

  /** What is left at the end. */
  end(): Uint8Array {
    return this.#held ? Buffer.of(CR) : Buffer.alloc(0)
  }
}

const LF = 0x0a
const CR = 0x0d
