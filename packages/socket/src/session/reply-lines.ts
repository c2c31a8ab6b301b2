/*
 * From bytes to whole replies of the kind that FTP and SMTP share: three digits, and a hyphen behind them where more
 * lines follow (RFC 959, section 4.2; RFC 5321, section 4.2.1). No I/O: bytes go in, replies come out, however the bytes
 * were split. It must not know what was asked.
 */

import { isAscii } from 'node:buffer'

import { netError } from '@net/core/authoring'

/** Makes replies of bytes: `ReplyLines`, `TextLines`, or a protocol's own. */
export interface ReplyReader<R> {
  /** Whether more has come than whole replies. */
  readonly pending: boolean
  /** The replies that these bytes complete, one by one, so that reading can stop between two of them. */
  push(chunk: Uint8Array): Iterable<R>
}

/** How a protocol writes its replies. */
export interface ReplyDialect<R> {
  /** The protocol, as errors name it: `FTP`. */
  readonly name: string
  /** The first digits that its codes may have: `2-5`. */
  readonly classes: string
  /**
   * Whether lines within a reply need no code, so that only the first line's code and a space end it, whether blank lines
   * may stand between replies, and what belongs to a reply behind one whose code stands there twice (`211 211-Features`), as
   * small devices write it: FTP. Else every line has the code of the first: SMTP.
   */
  readonly loose: boolean
  /** The most bytes of one line; default those of a reply, 64 KiB. */
  readonly longestLine?: number
  /** What helps a caller whose server speaks TLS from the first byte: 'use ftps:'. */
  readonly forTls: string
  /** Makes text of one line, without its end. ASCII is taken for itself, and not asked for. */
  decode(line: Buffer): string
  /** Makes a reply of its lines, with their codes. */
  replyOf(status: number, lines: readonly string[]): R
}

/** Puts replies together. */
export class ReplyLines<R> implements ReplyReader<R> {
  readonly #dialect: ReplyDialect<R>
  readonly #longestLine: number
  readonly #pattern: RegExp
  #rest: Buffer = NOTHING
  #lines: string[] = []
  #code = ''
  #size = 0
  /** The code that stood twice in the reply before, and whether lines without a code came behind it. */
  #twice = ''
  #hasStrays = false

  constructor(dialect: ReplyDialect<R>) {
    this.#dialect = dialect
    this.#longestLine = dialect.longestLine ?? LONGEST
    this.#pattern = new RegExp(`^[${dialect.classes}]\\d\\d(?:[ -]|$)`)
  }

  /** Whether more has come than whole replies. */
  get pending(): boolean {
    return this.#rest.length > 0 || this.#lines.length > 0
  }

  /**
   * The replies that these bytes complete, one by one, so that reading can stop between two of them. Throws
   * `NET_PROTO_MALFORMED` at the first line that is not a reply, and `NET_PROTO_LIMIT` for a line or a reply that is too long.
   */
  *push(chunk: Uint8Array): Generator<R> {
    const bytes = this.#rest.length === 0 ? viewOf(chunk) : Buffer.concat([this.#rest, chunk])
    // ASCII is the same text in each encoding.
    const text = isAscii(bytes) ? bytes.toString('latin1') : undefined
    let start = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#count(end + 1 - start)
      const last = end > start && bytes[end - 1] === CR ? end - 1 : end
      // Decoded line by line: a character split between two chunks is whole here.
      const line = text?.slice(start, last) ?? this.#dialect.decode(bytes.subarray(start, last))
      start = end + 1
      if (!this.#add(line)) continue
      this.#rest = start === bytes.length ? NOTHING : bytes.subarray(start)
      yield this.#complete()
    }
    this.#rest = start === bytes.length ? NOTHING : bytes.subarray(start)
    this.#check(this.#rest)
  }

  #count(length: number): void {
    this.#size += length
    if (length > this.#longestLine) throw tooLong('a line of a reply', this.#longestLine)
    if (this.#size > LONGEST) throw tooLong('a reply', LONGEST)
  }

  /** Whether the line ends a reply. */
  #add(line: string): boolean {
    const { loose } = this.#dialect
    const isFirst = this.#lines.length === 0
    const code = this.#pattern.test(line) ? line.slice(0, CODE) : undefined
    if (isFirst) {
      // Blank lines between replies say nothing, but they count.
      if ((loose && line === '') || this.#isStray(line, code)) return false
      this.#code = code ?? ''
    }
    if (code === undefined || code !== this.#code) {
      if (isFirst || !loose) throw this.#malformed(line)
    }
    this.#lines.push(line)
    return code === this.#code && line[CODE] !== '-'
  }

  /** Whether a line between replies is still of the one before, whose code stood there twice: those without a code, and its end. */
  #isStray(line: string, code: string | undefined): boolean {
    if (this.#twice === '') return false
    if (code === undefined) return (this.#hasStrays = true)
    const isEnd = this.#hasStrays && code === this.#twice && line[CODE] !== '-'
    this.#twice = ''
    this.#hasStrays = false
    return isEnd
  }

  /** Whether the next line need not have a code. */
  get #mayBeAny(): boolean {
    return this.#dialect.loose && (this.#lines.length > 0 || this.#twice !== '')
  }

  #complete(): R {
    const lines = this.#lines
    const [line = ''] = lines
    const isTwice = this.#dialect.loose && lines.length === 1 && TWICE.test(line)
    this.#twice = isTwice ? this.#code : ''
    this.#lines = []
    this.#size = 0
    return this.#dialect.replyOf(Number(this.#code), lines)
  }

  /** A line that can become no reply is refused at once and not only at its end, which may never come. */
  #check(rest: Buffer): void {
    if (rest.length > this.#longestLine) throw tooLong('a line of a reply', this.#longestLine)
    if (this.#size + rest.length > LONGEST) throw tooLong('a reply', LONGEST)
    const { name, forTls } = this.#dialect
    if (rest.length < 2 || this.#mayBeAny) return
    if ((rest[0] === TLS_ALERT || rest[0] === TLS_HANDSHAKE) && rest[1] === TLS_MAJOR) {
      throw netError('NET_PROTO_MALFORMED', {
        message: `the server speaks TLS from the first byte and not ${name}; ${forTls}`,
      })
    }
    if (rest.length < ENOUGH || rest[0] === CR) return
    const start = rest.toString('latin1', 0, ENOUGH)
    if (!this.#pattern.test(start)) throw this.#malformed(rest.toString('latin1'))
  }

  #malformed(line: string): Error {
    const hint = line.startsWith('HTTP/')
      ? ' (an HTTP server)'
      : line.startsWith('SSH-')
        ? ' (an SSH server)'
        : ''
    return netError('NET_PROTO_MALFORMED', {
      message: `the server sent a line that is not an ${this.#dialect.name} reply${hint}: ${line.slice(0, 80)}`,
    })
  }
}

function viewOf(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
}

function tooLong(what: string, limit: number): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent ${what} with more than ${limit} bytes`,
    limit,
  })
}

const NOTHING: Buffer = Buffer.alloc(0)
const CODE = 3
const TWICE = /^(\d{3}) \1-/
const LF = 0x0a
const CR = 0x0d
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR = 0x03
const LONGEST = 65_536
// A code and what follows it, or enough of another line to show which it is.
const ENOUGH = 5
