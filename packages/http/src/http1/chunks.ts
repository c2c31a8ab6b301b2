/*
 * A body in chunks (RFC 9112 section 7.1): the lines of sizes, byte by byte, and the data between them without copying. The
 * trailers behind the last chunk are read elsewhere. Sizes take digits that a number holds exactly, extensions are skipped.
 */

import { CR, HEX, LF, malformed, SPACE, TAB, tooMuch, VALUE, type Spoken } from './syntax.ts'

/** Takes the data of the chunks. */
export type TakeData = (data: Buffer) => void

/** How chunks are read. */
export interface ChunkRules {
  readonly what: Spoken
  readonly lenient: boolean
  /** How many bytes the line of a size may have. */
  readonly limit: number
}

type Place = 'size' | 'blanks' | 'extension' | 'line end' | 'data' | 'data CR' | 'data LF'

/** Reads the chunks of one body after the other. */
export class ChunkReader {
  readonly #rules: ChunkRules
  #place: Place = 'size'
  #size = 0
  #digits = 0
  #line = 0

  constructor(rules: ChunkRules) {
    this.#rules = rules
  }

  /** Begins anew. */
  begin(): void {
    this.#place = 'size'
    this.#size = 0
    this.#digits = 0
    this.#line = 0
  }

  /** Reads from there on. Returns the place behind the line of the last chunk, or -1 if there is more to come. Throws for what HTTP does not allow. */
  read(bytes: Buffer, from: number, take: TakeData): number {
    let at = from
    while (at < bytes.length) {
      if (this.#place === 'data') at = this.#readData(bytes, at, take)
      else if (this.#readByte(bytes[at] ?? 0)) return at + 1
      else at += 1
    }
    return -1
  }

  #readData(bytes: Buffer, at: number, take: TakeData): number {
    const end = Math.min(at + this.#size, bytes.length)
    this.#size -= end - at
    if (this.#size === 0) this.#place = 'data CR'
    take(bytes.subarray(at, end))
    return end
  }

  /** One byte of a line. Returns whether the line of the last chunk has ended. */
  #readByte(byte: number): boolean {
    switch (this.#place) {
      case 'size':
        this.#readSize(byte)
        return this.#isPast(byte)
      case 'blanks':
        this.#readBlank(byte)
        return this.#isPast(byte)
      case 'extension':
        if (VALUE[byte] !== 1) this.#endText(byte)
        this.#countLine()
        return this.#isPast(byte)
      case 'line end':
        if (byte !== LF) throw this.#wrong('a CR without LF')
        return this.#endLine()
      case 'data CR':
        this.#endData(byte)
        return false
      case 'data LF':
        if (byte !== LF) throw this.#wrong('no line end behind a chunk')
        this.begin()
        return false
      default:
        return false
    }
  }

  #readSize(byte: number): void {
    const digit = HEX[byte] ?? 255
    if (digit === 255) {
      if (this.#digits === 0) throw this.#wrong('a chunk without a size')
      this.#readBlank(byte)
      return
    }
    this.#countLine()
    this.#digits += 1
    this.#size = this.#size * 16 + digit
    if (this.#size > Number.MAX_SAFE_INTEGER) throw this.#wrong('a chunk size that is too large')
  }

  /** Blanks behind a size mean nothing; old servers pad it with them. */
  #readBlank(byte: number): void {
    this.#countLine()
    if (byte === SEMICOLON) this.#place = 'extension'
    else if (byte === SPACE || byte === TAB) this.#place = 'blanks'
    else this.#endText(byte)
  }

  #endText(byte: number): void {
    if (byte === CR) this.#place = 'line end'
    else if (byte !== LF || !this.#rules.lenient)
      throw this.#wrong(
        byte === LF ? 'a line ends with LF alone' : 'a chunk size that is no number',
      )
  }

  /** Whether a bare LF, which was found to be allowed, has ended the last line. */
  #isPast(byte: number): boolean {
    return byte === LF && this.#endLine()
  }

  #endLine(): boolean {
    if (this.#size === 0) return true
    this.#place = 'data'
    return false
  }

  #endData(byte: number): void {
    if (byte === CR) this.#place = 'data LF'
    else if (byte === LF && this.#rules.lenient) this.begin()
    else throw this.#wrong('no line end behind a chunk')
  }

  #countLine(): void {
    this.#line += 1
    const { what, limit } = this.#rules
    if (this.#line > limit)
      throw tooMuch(`a chunk of the ${what} has more than ${limit} bytes besides its data`, limit)
  }

  #wrong(why: string): Error {
    return malformed(this.#rules.what, why)
  }
}

const SEMICOLON = 59
