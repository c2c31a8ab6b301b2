/*
 * Bytes as lines of base64 (RFC 2045, section 6.8), however they are cut. Two letters at a time, as the end of a line is
 * too: several times as fast as to cut a text into lines.
 */

/** Encodes one source. */
export class Base64Lines {
  // The bytes of a line that is not whole.
  readonly #rest = new Uint8Array(LINE)
  // What was given last may still be on its way while the next lines are written.
  #given = new Uint16Array()
  #spare = new Uint16Array()
  #held = 0
  #begun = false

  /**
   * The lines that the bytes complete, each but the first of all behind the end of the one before it. What it gives is written
   * over by the call after the next one.
   */
  encode(chunk: Uint8Array): Buffer {
    const head = this.#held === 0 ? 0 : Math.min(LINE - this.#held, chunk.length)
    this.#hold(chunk.subarray(0, head))
    const whole = Math.floor((chunk.length - head) / LINE)
    const isFull = this.#held === LINE
    const count = whole + (isFull ? 1 : 0)
    if (count === 0) {
      this.#hold(chunk.subarray(head))
      return NOTHING
    }
    // Each line behind an end; that of the first line of all is cut off.
    const units = this.#unitsFor(count * UNITS)
    if (isFull) {
      writeLines(units, this.#rest, { from: 0, count: 1, at: 0 })
      this.#held = 0
    }
    writeLines(units, chunk, { from: head, count: whole, at: isFull ? UNITS : 0 })
    this.#hold(chunk.subarray(head + whole * LINE))
    const isFirst = !this.#begun
    this.#begun = true
    const from = isFirst ? 2 : 0
    return Buffer.from(units.buffer, from, count * UNITS * 2 - from)
  }

  /** The last line, if it is not whole. */
  end(): Buffer {
    if (this.#held === 0) return NOTHING
    const letters = Buffer.from(this.#rest.buffer, 0, this.#held).toString('base64')
    return Buffer.from(`${this.#begun ? '\r\n' : ''}${letters}`, 'latin1')
  }

  /** Memory that is used in turn: to take it anew for each chunk costs as much as the letters do. */
  #unitsFor(count: number): Uint16Array {
    const units = this.#spare.length >= count ? this.#spare : new Uint16Array(count)
    this.#spare = this.#given
    this.#given = units
    return units
  }

  #hold(bytes: Uint8Array): void {
    this.#rest.set(bytes, this.#held)
    this.#held += bytes.length
  }
}

/** How many bytes these lines are for so many bytes of the source. */
export function base64Size(bytes: number): number {
  const letters = Math.ceil(bytes / 3) * 4
  const lines = Math.ceil(letters / LETTERS)
  return letters + Math.max(lines - 1, 0) * 2
}

interface Stretch {
  /** The first byte. */
  readonly from: number
  /** How many lines. */
  readonly count: number
  /** Where they begin. */
  readonly at: number
}

function writeLines(units: Uint16Array, bytes: Uint8Array, { from, count, at }: Stretch): void {
  let unit = at
  let next = from
  for (let line = 0; line < count; line++) {
    units[unit++] = LINE_END
    for (const end = next + LINE; next < end; next += 3) {
      const three =
        ((bytes[next] as number) << 16) |
        ((bytes[next + 1] as number) << 8) |
        (bytes[next + 2] as number)
      units[unit++] = PAIRS[three >> 12] as number
      units[unit++] = PAIRS[three & 0xfff] as number
    }
  }
}

/** Pairs of letters as they lie in memory, whatever the order of bytes in a number. */
function pairsOf(texts: readonly string[]): Uint16Array {
  return new Uint16Array(Uint8Array.from(Buffer.from(texts.join(''), 'latin1')).buffer)
}

const NOTHING: Buffer = Buffer.alloc(0)
// So many bytes are 76 letters.
const LINE = 57
const LETTERS = 76
/** A line and the end before it, in pairs. */
const UNITS = LETTERS / 2 + 1
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('')
const PAIRS = pairsOf(ALPHABET.flatMap((first) => ALPHABET.map((second) => first + second)))
const LINE_END = pairsOf(['\r\n'])[0] as number
