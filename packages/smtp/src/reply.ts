/*
 * What a server answers, and how its bytes become answers (RFC 5321, section 4.2). Knows no connection, and no
 * command that an answer belongs to.
 */

import type { PeerReply } from '@net/core'
import { netError } from '@net/core/authoring'

/** A server's whole answer to one command. */
export interface SmtpReply extends PeerReply {
  /** Three digits, 200 to 599. */
  readonly status: number
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  readonly enhanced?: string
  /** The lines without their codes, joined by line feeds. */
  readonly text: string
}

/** Makes replies of bytes, however these were cut. */
export class ReplyParser {
  #rest: Buffer = NOTHING
  #lines: string[] = []
  #status = 0
  #size = 0
  #failure: Error | undefined

  /** Whether more has come than whole replies. */
  get pending(): boolean {
    return this.#rest.length + this.#size > 0 || this.#failure !== undefined
  }

  /**
   * The replies that these bytes complete. Throws `NET_PROTO_MALFORMED` for what is no reply, and
   * `NET_PROTO_LIMIT` for a line above 4 KiB or a reply above 64 KiB; where whole replies came before that, only at
   * the next call.
   */
  push(chunk: Uint8Array): SmtpReply[] {
    const replies: SmtpReply[] = []
    if (this.#failure !== undefined) throw this.#failure
    try {
      this.#read(chunk, replies)
    } catch (error) {
      if (replies.length === 0) throw error
      this.#failure = error as Error
    }
    return replies
  }

  #read(chunk: Uint8Array, replies: SmtpReply[]): void {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      const cr = end > start && bytes[end - 1] === CR ? 1 : 0
      const reply = this.#line(bytes.subarray(start, end - cr))
      if (reply !== undefined) replies.push(reply)
      start = end + 1
    }
    this.#rest = bytes.subarray(start)
    if (this.#rest.length > LONGEST_LINE) throw tooLong('a line of the reply', LONGEST_LINE)
    refuseStrange(this.#rest)
  }

  #line(bytes: Buffer): SmtpReply | undefined {
    if (bytes.length > LONGEST_LINE) throw tooLong('a line of the reply', LONGEST_LINE)
    this.#size += bytes.length
    if (this.#size > LONGEST_REPLY) throw tooLong('the reply', LONGEST_REPLY)
    const [, digits, mark, text = ''] = LINE.exec(textOf(bytes)) ?? []
    const status = Number(digits)
    if (digits === undefined || (this.#lines.length > 0 && status !== this.#status)) throw strange()
    this.#status = status
    this.#lines.push(text)
    return mark === '-' ? undefined : this.#finish()
  }

  #finish(): SmtpReply {
    const lines = this.#lines
    const status = this.#status
    this.#lines = []
    this.#size = 0
    const enhanced = ENHANCED.exec(lines.at(-1) ?? '')?.[1]
    if (enhanced === undefined || enhanced[0] !== String(status)[0]) {
      return Object.freeze({ status, text: lines.join('\n') })
    }
    const text = lines.map((line) => line.replace(ENHANCED, '')).join('\n')
    return Object.freeze({ status, enhanced, text })
  }
}

/** The reply as the server wrote it, in one line, for errors and events. */
export function formatReply({ status, enhanced, text }: SmtpReply): string {
  return [String(status), enhanced, text.replaceAll('\n', ' / ')].filter(Boolean).join(' ')
}

function textOf(bytes: Buffer): string {
  // The charset of replies is defined nowhere; those that are not UTF-8 are shown byte by byte.
  const text = bytes.toString('utf8')
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text
}

function tooLong(what: string, limit: number): Error {
  return netError('NET_PROTO_LIMIT', { message: `${what} has more than ${limit} bytes`, limit })
}

/** A line that can become no reply is refused at once and not only at its end, which may never come. */
function refuseStrange(rest: Buffer): void {
  if (rest.length < 3) return
  if ((rest[0] === TLS_ALERT || rest[0] === TLS_HANDSHAKE) && rest[1] === 3) {
    throw netError('NET_PROTO_MALFORMED', {
      message: 'the server speaks TLS from the first byte on this port; use smtps://',
    })
  }
  if (!STATUS.test(rest.toString('latin1', 0, 3))) throw strange()
}

function strange(): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: 'the server sent a line that is not an SMTP reply',
  })
}

const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s
const STATUS = /^[2-5]\d\d/
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/
const LONGEST_LINE = 4096
const LONGEST_REPLY = 65_536
const LF = 0x0a
const CR = 0x0d
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16
const NOTHING: Buffer = Buffer.alloc(0)
