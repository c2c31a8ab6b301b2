/*
 * The first words of an SSH server: lines of its own, then its identification (RFC 4253, section 4.2). A codec
 * without I/O, which recognizes a peer that does not speak SSH.
 */

import { harmless, netError } from '@net/core/authoring'

/** What a server says of itself. */
export interface Identification {
  /** Its line without the line end, such as `SSH-2.0-OpenSSH_9.9`. */
  readonly line: string
  /** The name and version of its software. */
  readonly software: string
  /** The lines before it. */
  readonly banner: readonly string[]
}

/** Reads the identification out of the first bytes of a connection, however they are split. */
export class IdentificationReader {
  readonly #banner: string[] = []
  #line: Buffer = NOTHING
  #received = 0

  /** The identification once it is there. Throws `NET_PROTO_MALFORMED`, `NET_PROTO_LIMIT` or `NET_PROTO_NEGOTIATION`. */
  feed(chunk: Uint8Array): Identification | undefined {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LF, at)
      this.#take(bytes.subarray(at, end === -1 ? bytes.length : end), end !== -1)
      if (end === -1) return undefined
      const line = this.#text()
      this.#line = NOTHING
      const found = identification(line, this.#banner)
      if (found !== undefined) return found
      this.#banner.push(line)
      at = end + 1
    }
    return undefined
  }

  /** Adds to the line; `isWhole` says that its end came as well. */
  #take(part: Buffer, isWhole: boolean): void {
    const room = LONGEST - this.#received
    const isLong = part.length + (isWhole ? 1 : 0) > room
    const seen = isLong ? part.subarray(0, room) : part
    const odd = seen.findIndex((byte) => byte < SPACE && byte !== CR && byte !== TAB)
    const kept = odd === -1 ? seen : seen.subarray(0, odd)
    this.#received += part.length + (isWhole ? 1 : 0)
    // Copied: the memory belongs to the socket.
    this.#line = Buffer.concat([this.#line, kept])
    if (odd !== -1) throw notSsh(this.#text())
    if (isLong) throw tooLong()
  }

  /**
   * The error for a peer that ends before its identification. A server that turns people away does so with a line of text,
   * such as `Exceeded MaxStartups` of OpenSSH: `NET_REPLY_TEMPORARY`, which may be repeated. `NET_PROTO_MALFORMED` for the
   * words of another protocol, `NET_CONN_CLOSED` without words.
   */
  ended(): Error {
    const rest = this.#text()
    const said = [...this.#banner, ...(rest === '' ? [] : [rest])].join('\n').trim()
    if (OTHER.test(said)) return notSsh(said)
    if (said === '' || rest.startsWith('SSH-')) {
      return netError('NET_CONN_CLOSED', {
        message: 'the server closed the connection before its identification',
        retry: 'safe',
      })
    }
    const text = harmless(said.slice(0, SHOWN))
    return netError('NET_REPLY_TEMPORARY', {
      message: `the server refused the connection before its identification: "${text}"`,
      reply: { text },
      retry: 'safe',
    })
  }

  /** Whether the peer said anything. */
  get heard(): boolean {
    return this.#received > 0
  }

  #text(): string {
    return this.#line.toString('utf8').replace(/\r$/, '')
  }
}

function identification(line: string, banner: readonly string[]): Identification | undefined {
  if (!line.startsWith('SSH-')) {
    if (FOREIGN.test(line)) throw notSsh(line)
    return undefined
  }
  const [, version, software = ''] = IDENT.exec(line) ?? []
  if (version === '2.0' || version === '1.99') return { line, software, banner: [...banner] }
  throw netError('NET_PROTO_NEGOTIATION', {
    message: `the server speaks another version of SSH: ${harmless(line.slice(0, SHOWN))}`,
  })
}

function notSsh(said: string): Error {
  const words = said === '' ? 'bytes that are not text' : `"${harmless(said.slice(0, SHOWN))}"`
  return netError('NET_PROTO_MALFORMED', {
    message: `the peer does not speak SSH; it sent ${words}`,
  })
}

function tooLong(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `the server sent more than ${LONGEST} bytes before its identification`,
    limit: LONGEST,
  })
}

const NOTHING: Buffer = Buffer.alloc(0)
const LF = 10
const CR = 13
const TAB = 9
const SPACE = 32
const LONGEST = 64 * 1024
const SHOWN = 200
const IDENT = /^SSH-([0-9.]+)-([^ ]*)/
// A status line of HTTP, or a greeting of FTP or SMTP: no SSH server begins like that.
const FOREIGN = /^(?:HTTP\/\d|220[ -])/
// Nor does one end like that: a reply of HTTP, FTP or SMTP, a greeting of IMAP or POP3, a page.
const OTHER = /^(?:HTTP\/\d|[1-5]\d\d[ -]|\* (?:OK|BYE|PREAUTH)\b|\+OK\b|-ERR\b|<)/
