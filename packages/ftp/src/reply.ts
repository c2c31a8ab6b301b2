/*
 * From the bytes of a control connection to whole replies (RFC 959, section 4.2). No I/O: bytes go in, replies come
 * out, however the bytes were split. It must not know what was asked.
 */

import { netError } from '@net/core/authoring'

/** What a server answered: its code and its whole text, lines separated by LF. */
export interface FtpReply {
  /** 100 to 599; below 200 another reply follows. */
  readonly status: number
  /** Every line of the reply with its code, without the last line's end. */
  readonly text: string
}

/** Whether the server did what it was asked for. */
export function isPositive(reply: FtpReply): boolean {
  return reply.status >= 200 && reply.status < 300
}

/** Puts replies together. Throws `NET_PROTO_MALFORMED` at the first line that is none, `NET_PROTO_LIMIT` beyond 64 KiB. */
export class ReplyAssembler {
  readonly #decode: (line: Buffer) => string
  #rest: Buffer = EMPTY
  #lines: string[] = []
  #size = 0
  #closing: string | undefined

  /** `decode` makes text of one line. */
  constructor(decode: (line: Buffer) => string) {
    this.#decode = decode
  }

  /** Whether bytes of a reply that is not complete are held. */
  get pending(): boolean {
    return this.#rest.length > 0 || this.#lines.length > 0
  }

  /** The texts of the replies that these bytes complete, one by one, so that reading can stop between two of them. */
  *push(chunk: Uint8Array): Generator<string> {
    let bytes = this.#rest.length === 0 ? viewOf(chunk) : Buffer.concat([this.#rest, chunk])
    this.#rest = bytes
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF)) {
      // Decoded line by line: a character split between two chunks is whole here.
      const line = this.#decode(bytes.subarray(0, bytes[end - 1] === CR ? end - 1 : end))
      bytes = bytes.subarray(end + 1)
      this.#rest = bytes
      const reply = this.#add(line, end + 1)
      if (reply !== undefined) yield reply
    }
    if (this.#size + bytes.length > LONGEST) throw tooLong()
    if (this.#lines.length === 0) refuseForeign(bytes)
  }

  #add(line: string, size: number): string | undefined {
    this.#size += size
    if (this.#size > LONGEST) throw tooLong()
    if (this.#closing === undefined) {
      // Blank lines between replies say nothing, but they count.
      if (line === '') return undefined
      const [, code = '', more] = FIRST_LINE.exec(line) ?? []
      if (code === '') throw malformed(line)
      if (more !== '-') return this.#complete(line)
      this.#closing = code
    } else if (line === this.#closing || line.startsWith(`${this.#closing} `)) {
      return this.#complete(line)
    }
    this.#lines.push(line)
    return undefined
  }

  #complete(line: string): string {
    const text = [...this.#lines, line].join('\n')
    this.#lines = []
    this.#size = 0
    this.#closing = undefined
    return text
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}

function refuseForeign(bytes: Uint8Array): void {
  const [first, second] = bytes
  if (
    second === undefined ||
    (first !== TLS_HANDSHAKE && first !== TLS_ALERT) ||
    second !== TLS_MAJOR
  )
    return
  throw netError('NET_PROTO_MALFORMED', {
    message: "the server speaks TLS from the start; use ftps: or security 'implicit'",
  })
}

function malformed(line: string): Error {
  const hint = line.startsWith('HTTP/')
    ? ' (an HTTP server)'
    : line.startsWith('SSH-')
      ? ' (an SSH server)'
      : ''
  return netError('NET_PROTO_MALFORMED', {
    message: `the server sent a line that is not an FTP reply${hint}: ${line.slice(0, 80)}`,
  })
}

function tooLong(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent a reply of more than ${LONGEST} bytes`,
    limit: LONGEST,
  })
}

const EMPTY: Buffer = Buffer.alloc(0)
const LF = 0x0a
const CR = 0x0d
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR = 0x03
const LONGEST = 65_536
const FIRST_LINE = /^([1-5]\d\d)(?:( |-)|$)/
