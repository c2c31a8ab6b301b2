/* What a server answers, and how its lines become an answer (RFC 959, section 4.2). It must not know what was asked. */

import type { ReplyDialect } from '@net/socket/authoring'

import { fromWire, type FtpEncoding } from './wire-text.ts'

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

/** How a server writes its replies when names are in this encoding. */
export function replyDialect(encoding: FtpEncoding): ReplyDialect<FtpReply> {
  return {
    name: 'FTP',
    classes: '1-5',
    loose: true,
    forTls: "use ftps: or security 'implicit'",
    decode: (line) => fromWire(line, encoding),
    replyOf: (status, lines) => ({ status, text: lines.join('\n') }),
  }
}
