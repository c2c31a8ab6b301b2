/*
 * What a server answers, and how its lines become an answer (RFC 5321, section 4.2). Knows no connection, and no
 * command that an answer belongs to.
 */

import type { PeerReply } from '@net/core'
import type { ReplyDialect } from '@net/socket/authoring'

/** A server's whole answer to one command. */
export interface SmtpReply extends PeerReply {
  /** Three digits, 200 to 599. */
  readonly status: number
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  readonly enhanced?: string
  /** The lines without their codes, joined by line feeds. */
  readonly text: string
}

/** How a server writes its replies. */
export const replyDialect: ReplyDialect<SmtpReply> = {
  name: 'SMTP',
  classes: '2-5',
  loose: false,
  longestLine: 4096,
  forTls: 'use smtps://',
  decode: textOf,
  replyOf(status, lines) {
    const last = lines.at(-1) ?? ''
    const enhanced = last[CODE + 1] === '.' ? ENHANCED.exec(last.slice(CODE)) : null
    const [matched = '', code] = enhanced ?? []
    if (code === undefined || code[0] !== lines[0]?.[0]) {
      return Object.freeze({ status, text: textIn(lines, (line) => line.slice(CODE)) })
    }
    // Mostly it is the only line, which was looked at already.
    const text =
      lines.length === 1
        ? last.slice(CODE + matched.length)
        : textIn(lines, (line) => line.slice(CODE).replace(ENHANCED, ''))
    return Object.freeze({ status, enhanced: code, text })
  },
}

/** The reply as the server wrote it, in one line, for errors and events. */
export function formatReply({ status, enhanced, text }: SmtpReply): string {
  return [String(status), enhanced, text.replaceAll('\n', ' / ')].filter(Boolean).join(' ')
}

function textIn(lines: readonly string[], of: (line: string) => string): string {
  const [only = ''] = lines
  return lines.length === 1 ? of(only) : lines.map(of).join('\n')
}

function textOf(bytes: Buffer): string {
  // The charset of replies is defined nowhere; those that are not UTF-8 are shown byte by byte.
  const text = bytes.toString('utf8')
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text
}

const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/
// Three digits, and a space or a hyphen.
const CODE = 4
