/*
 * What a server's refusal is called: the one place where reply codes and enhanced status codes (RFC 5321, 3463,
 * 4954) become codes of ours.
 */

import {
  ReplyError,
  type ErrorDetails,
  type NetError,
  type NetErrorCode,
  type Phase,
} from '@net/core'
import { codes, defineErrorTable, nameErrors, netError, type ErrorTable } from '@net/core/authoring'

import { refusesMechanism } from './auth/choice.ts'
import { formatReply, type SmtpReply } from './reply.ts'
import type { RefusedDelivery } from './send-result.ts'

/** How errors of others are translated: those of Node alone, as everywhere. */
export const smtpErrors: ErrorTable = defineErrorTable([])

/** The server refused a command; `reply` is its answer, `reply.enhanced` its enhanced status code where it gave one. */
export class SmtpReplyError extends ReplyError {
  declare readonly reply: SmtpReply
  /** What was refused, such as `RCPT`, `DATA` or `message` for what followed the final dot. */
  declare readonly command: string
  /** The recipient that was refused, where it was one. */
  declare readonly address?: string

  constructor(code: NetErrorCode, details: ErrorDetails & Refusal) {
    const { command, address, note: _, ...rest } = details
    super(code, rest)
    this.command = command
    if (address !== undefined) this.address = address
  }
}

/** What was refused. */
export interface Refusal {
  readonly command: string
  readonly address?: string
  readonly phase?: Phase
  /** What became of the message. */
  readonly partial?: RefusedDelivery
  /** What else the message says, at its end. */
  readonly note?: string
}

/** The error for a reply that refuses. A 4yz reply makes a repeat safe: nothing was accepted (RFC 5321, section 4.2.1). */
export function replyError(reply: SmtpReply, refusal: Refusal): NetError {
  const code = codeOf(reply, refusal)
  const { command, address, phase, partial, note = '' } = refusal
  const whom = address === undefined ? '' : ` to ${address}`
  const temporary = code === 'NET_CONN_SHUTDOWN' || code === 'NET_REPLY_TEMPORARY'
  const details = {
    message: `the server answered ${command}${whom} with ${formatReply(reply)}${note}`,
    reply,
    ...(temporary ? { retry: 'safe' as const } : {}),
    ...(phase === undefined ? {} : { phase }),
    ...(partial === undefined ? {} : { partial }),
  }
  if (codes[code].class !== 'ReplyError') return netError(code, details)
  return new SmtpReplyError(code, {
    ...details,
    command,
    ...(address === undefined ? {} : { address }),
  })
}

/** The error for a reply that has no place in the dialogue; one that refuses says that the server leaves. */
export function unexpectedReply(reply: SmtpReply, when: string): NetError {
  const words = formatReply(reply)
  if (reply.status >= 400) {
    return netError('NET_CONN_SHUTDOWN', {
      message: `the server ended the session: ${words}`,
      reply,
    })
  }
  return netError('NET_PROTO_UNEXPECTED', { message: `the server sent ${words} ${when}`, reply })
}

function codeOf(reply: SmtpReply, { command }: Refusal): NetErrorCode {
  const { status, enhanced = '' } = reply
  if (status === 421) return 'NET_CONN_SHUTDOWN'
  if (status < 400) return 'NET_PROTO_UNEXPECTED'
  if (status < 500) return 'NET_REPLY_TEMPORARY'
  if (command !== 'AUTH') return BY_STATUS.get(status) ?? byDetail(enhanced)
  return refusesMechanism(reply) ? 'NET_AUTH_NO_METHOD' : 'NET_AUTH_REJECTED'
}

function byDetail(enhanced: string): NetErrorCode {
  return BY_ENHANCED.find(([pattern]) => pattern.test(enhanced))?.[1] ?? 'NET_REPLY_PERMANENT'
}

const BY_STATUS: ReadonlyMap<number, NetErrorCode> = new Map([
  [500, 'NET_UNSUPPORTED'],
  [502, 'NET_UNSUPPORTED'],
  [504, 'NET_UNSUPPORTED'],
  [530, 'NET_ACCESS_DENIED'],
  [535, 'NET_AUTH_REJECTED'],
  [552, 'NET_NO_SPACE'],
  [553, 'NET_BAD_NAME'],
  [555, 'NET_UNSUPPORTED'],
])

const BY_ENHANCED: readonly (readonly [RegExp, NetErrorCode])[] = [
  [/^5\.1\.(?:1|2|6|10)$/, 'NET_NOT_FOUND'],
  [/^5\.1\.(?:3|7)$/, 'NET_BAD_NAME'],
  [/^5\.2\.2$|^5\.3\.[14]$|^5\.2\.3$/, 'NET_NO_SPACE'],
  [/^5\.7\./, 'NET_ACCESS_DENIED'],
]

nameErrors({ SmtpReplyError })
