/*
 * Bytes as lines of base64 (RFC 2045, section 6.8), however they are cut. Node makes the letters of many lines at
 * once; they are moved behind the ends of lines eight at a time: half the cost of looking each of them up.
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
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const memory = { units, words: new Float64Array(units.buffer, 0, units.length >> 2) }
  for (let first = 0; first < count; first += BLOCK) {
    const end = Math.min(first + BLOCK, count)
    const letters = source.toString('base64', from + first * LINE, from + end * LINE)
    for (const [shift, { bytes }] of SHIFTED.entries()) bytes.write(letters, shift * 2, 'latin1')
    for (let line = first; line < end; line++) {
      const place = at + line * UNITS
      units[place] = LINE_END
      moveLine(memory, place + 1, (line - first) * (UNITS - 1))
    }
  }
}

/** Memory in pairs of letters, and in words of four pairs. */
interface Memory {
  readonly units: Uint16Array
  /** Eight letters as one number, only to copy them: no eight letters make a NaN, whose bits a copy could change. */
  readonly words: Float64Array
}

/** Moves the letters of a line, which begin `from` pairs behind the first ones. */
function moveLine({ units, words }: Memory, begin: number, from: number): void {
  // One of the four copies is aligned with the target, so that whole words can be moved.
  const shift = (begin - from) & 3
  const letters = SHIFTED[shift] as Memory
  const own = letters.units
  const eights = letters.words
  const end = begin + UNITS - 1
  let to = begin
  let next = from + shift
  while ((to & 3) !== 0) units[to++] = own[next++] as number
  let word = to >> 2
  let eight = next >> 2
  const last = end >> 2
  next += (last - word) * 4
  while (word < last) words[word++] = eights[eight++] as number
  to = last << 2
  while (to < end) units[to++] = own[next++] as number
}

const NOTHING: Buffer = Buffer.alloc(0)
// So many bytes are 76 letters.
const LINE = 57
const LETTERS = 76
/** A line and the end before it, in pairs. */
const UNITS = LETTERS / 2 + 1
// Few enough that their letters stay in the processor's cache.
const BLOCK = 64
/** The letters of a block four times, each time one pair further on. */
const SHIFTED: readonly (Memory & { readonly bytes: Buffer })[] = [0, 1, 2, 3].map(() => {
  const bytes = Buffer.from(new ArrayBuffer(BLOCK * LETTERS + 8))
  return { bytes, units: new Uint16Array(bytes.buffer), words: new Float64Array(bytes.buffer) }
})
// As it lies in memory, whatever the order of bytes in a number.
const LINE_END = new Uint16Array(Uint8Array.of(13, 10).buffer)[0] as number
