/*
 * What a server's refusals are called: one table from reply codes and texts to codes of ours. It must not know the
 * engine; what the engine itself throws is in `engine/basic-ftp-errors.ts`.
 */

import {
  ReplyError,
  type ErrorDetails,
  type NetError,
  type NetErrorCode,
  type PeerReply,
  type RetryClass,
} from '@net/core'
import { codes, netError } from '@net/core/authoring'

import type { FtpReply } from './reply.ts'

/** The server answered "no"; `reply` has its code and its whole text. */
export class FtpReplyError extends ReplyError {
  declare readonly reply: PeerReply & { readonly status: number }
}

// As with the classes of core: what is printed is the name of the class.
Object.defineProperty(FtpReplyError.prototype, 'name', {
  value: 'FtpReplyError',
  configurable: true,
  writable: true,
})

/** The error for a reply that is not the one hoped for; `command` is the verb that was sent, such as `RETR`. */
export function replyError(reply: FtpReply, command: string): NetError {
  return byRows(reply, command, undefined)
}

/** As `replyError`, for a reply that ends a command which the server has begun: a goodbye then leaves open what was done. */
export function midwayError(reply: FtpReply, command: string): NetError {
  return byRows(reply, command, reply.status === SHUTDOWN ? 'idempotent' : undefined)
}

function byRows(reply: FtpReply, command: string, retry: RetryClass | undefined): NetError {
  const row = rows.find(({ status, commands, text }) => {
    if (!status.includes(reply.status)) return false
    if (commands !== undefined && !commands.includes(command)) return false
    return text === undefined || text.test(reply.text)
  })
  return errorOf(row?.code ?? generalCode(reply), reply, command, retry ?? row?.retry)
}

/** The error for a reply that does not say why; the code is what we found out. */
export function errorOf(
  code: NetErrorCode,
  reply: FtpReply,
  command: string,
  retry?: RetryClass,
): NetError {
  const details: ErrorDetails = {
    message: `the server answered ${command} with ${reply.text}`,
    reply: Object.freeze({ status: reply.status, text: reply.text }),
    ...(retry === undefined ? {} : { retry }),
  }
  return codes[code].class === 'ReplyError'
    ? new FtpReplyError(code, details)
    : netError(code, details)
}

function generalCode({ status }: FtpReply): NetErrorCode {
  if (status < 400) return 'NET_PROTO_UNEXPECTED'
  return status < 500 ? 'NET_REPLY_TEMPORARY' : 'NET_REPLY_PERMANENT'
}

interface ReplyRow {
  readonly status: readonly number[]
  readonly commands?: readonly string[]
  readonly text?: RegExp
  readonly code: NetErrorCode
  readonly retry?: RetryClass
}

/** What `replyError` is told for the reply that no command asked for. */
export const GREETING = 'connecting'

const SHUTDOWN = 421
const LOGIN: readonly string[] = ['USER', 'PASS', 'ACCT']
const LOOKING: readonly string[] = ['RETR', 'SIZE', 'MDTM', 'MLST', 'MLSD', 'LIST', 'CWD', 'RNFR']

// The first row that fits. Servers say with 550 all that a file system can refuse; only their words tell what.
const rows: readonly ReplyRow[] = [
  // A command that is answered so was not taken (RFC 959, section 4.2).
  { status: [SHUTDOWN], code: 'NET_CONN_SHUTDOWN', retry: 'safe' },
  { status: [430, 530], commands: LOGIN, code: 'NET_AUTH_REJECTED' },
  { status: [425], code: 'NET_REPLY_TEMPORARY', retry: 'safe' },
  { status: [452, 552], code: 'NET_NO_SPACE' },
  { status: [500, 502, 504], commands: [GREETING], code: 'NET_REPLY_PERMANENT' },
  { status: [500, 502, 504], code: 'NET_UNSUPPORTED' },
  { status: [521], commands: ['MKD'], code: 'NET_EXISTS' },
  { status: [553], text: /denied|permi(t|ss)/i, code: 'NET_ACCESS_DENIED' },
  { status: [553], code: 'NET_BAD_NAME' },
  { status: [550], text: /no such|not found|cannot find|n[o']t exist/i, code: 'NET_NOT_FOUND' },
  { status: [550], text: /not empty/i, code: 'NET_NOT_EMPTY' },
  { status: [550], text: /exists/i, code: 'NET_EXISTS' },
  {
    status: [550],
    text: /denied|permi(t|ss)|not allowed|read.only|forbidden/i,
    code: 'NET_ACCESS_DENIED',
  },
  { status: [550], text: /no space|quota|disk full/i, code: 'NET_NO_SPACE' },
  {
    status: [550],
    text: /(is|not) a (directory|folder|regular file|plain file)/i,
    code: 'NET_BAD_NAME',
  },
  // vsftpd says "Failed to open file." and the like to everything.
  { status: [550], commands: LOOKING, code: 'NET_NOT_FOUND' },
]
