/*
 * What a server's refusals are called: one table from reply codes and texts to codes of ours. It must not know the
 * engine; what the engine itself throws is in `engine/basic-ftp-errors.ts`.
 */

import {
  isNetError,
  ReplyError,
  type ErrorDetails,
  type NetError,
  type NetErrorCode,
  type PeerReply,
  type RetryClass,
} from '@net/core'
import { codes, nameErrors, netError } from '@net/core/authoring'

import type { FtpReply } from './reply.ts'

/** The server answered "no"; `reply` has its code and its whole text. */
export class FtpReplyError extends ReplyError {
  declare readonly reply: PeerReply & { readonly status: number }
}

nameErrors({ FtpReplyError })

/** The error for a reply that is not the one hoped for; `command` is the verb that was sent, such as `RETR`. */
export function replyError(reply: FtpReply, command: string): NetError {
  return byRows(reply, command, undefined)
}

/** As `replyError`, for a reply that ends a command which the server has begun: a goodbye then leaves open what was done. */
export function midwayError(reply: FtpReply, command: string): NetError {
  return byRows(reply, command, reply.status === SHUTDOWN ? 'idempotent' : undefined)
}

/** Whether the reply refuses for good and does not say why, so that it is worth looking. */
export function isVague(reply: FtpReply, command: string): boolean {
  const row = rowOf(reply, command)
  return reply.status >= 500 && (row === undefined || row === VAGUE || row === VAGUE_NAME)
}

/** Whether a folder was refused in words that do not say that it is missing. */
export function isUnexplained(error: unknown): error is NetError {
  if (!isNetError(error) || error.code !== 'NET_NOT_FOUND') return false
  const { status = 0, text } = error.reply ?? {}
  return text !== undefined && isVague({ status, text }, 'CWD')
}

/** Whether the server refused because it does not know the command, or not in this form. */
export function isNotKnown(error: unknown): boolean {
  if (!isNetError(error)) return false
  if (error.code === 'NET_UNSUPPORTED') return error.reply !== undefined
  return error.code === 'NET_REPLY_PERMANENT' && error.reply?.status === 501
}

/** Whether the server does not know the command in any form. */
export function isUnknownVerb(error: unknown): boolean {
  const status = isNetError(error) ? error.reply?.status : undefined
  return isNotKnown(error) && (status === 500 || status === 502)
}

function byRows(reply: FtpReply, command: string, retry: RetryClass | undefined): NetError {
  const row = rowOf(reply, command)
  return errorOf(row?.code ?? generalCode(reply), reply, command, retry ?? row?.retry)
}

function rowOf(reply: FtpReply, command: string): ReplyRow | undefined {
  return rows.find(({ status, commands, text }) => {
    if (!status.includes(reply.status)) return false
    if (commands !== undefined && !commands.includes(command)) return false
    return text === undefined || text.test(reply.text)
  })
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
    retry,
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

/** What `replyError` gets for a reply that no command asked for. */
export const GREETING = 'connecting'

const SHUTDOWN = 421
const LOGIN: readonly string[] = ['USER', 'PASS', 'ACCT']
const LOOKING: readonly string[] = ['RETR', 'SIZE', 'MDTM', 'MLST', 'MLSD', 'LIST', 'CWD', 'RNFR']
const TRANSFERS: readonly string[] = ['RETR', 'STOR', 'APPE', 'STOU', 'LIST', 'NLST', 'MLSD']
// Daemons put the text of an errno behind any of these.
const WORDED: readonly number[] = [450, 451, 501, 550, 553]

// As ProFTPD behind the right password: "Sorry, the maximum number of clients (1) for this user are already connected."
const SERVER_IS_FULL =
  /^(?!.*(?:attempt|fail|wrong|incorrect)).*(?:(?:too many|maximum number of|limit of) (?:\S+ )*?(?:users|clients|connections|sessions|logins)\b|already connected|try again later|shutting down|maintenance)/is

// vsftpd says "Failed to open file." and the like to everything.
const VAGUE: ReplyRow = { status: [550], commands: LOOKING, code: 'NET_NOT_FOUND' }

// "Could not create file."
const VAGUE_NAME: ReplyRow = { status: [553], code: 'NET_BAD_NAME' }

// The first row that fits. What a file system refused, only the words of a reply can tell.
const rows: readonly ReplyRow[] = [
  // A command that is answered so was not taken (RFC 959, section 4.2).
  { status: [SHUTDOWN], code: 'NET_CONN_SHUTDOWN', retry: 'safe' },
  {
    status: [430, 530],
    commands: LOGIN,
    text: SERVER_IS_FULL,
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
  },
  { status: [430, 530], commands: LOGIN, code: 'NET_AUTH_REJECTED' },
  { status: [425], code: 'NET_REPLY_TEMPORARY', retry: 'safe' },
  { status: [452, 552], code: 'NET_NO_SPACE' },
  // Of the data connection, as a TLS session that was not resumed, and not of the file.
  { status: [522], commands: TRANSFERS, code: 'NET_REPLY_PERMANENT' },
  { status: [500, 502, 504], commands: [GREETING], code: 'NET_REPLY_PERMANENT' },
  // vsftpd's last words, whatever it was asked.
  { status: [500], text: /^500 OOPS/, code: 'NET_REPLY_PERMANENT' },
  { status: [500, 502, 504], code: 'NET_UNSUPPORTED' },
  { status: [521], commands: ['MKD'], code: 'NET_EXISTS' },
  {
    status: WORDED,
    text: /no such (?:file|dir|folder|path)|not found|cannot find|n[o']t exist/i,
    code: 'NET_NOT_FOUND',
  },
  { status: WORDED, text: /not empty/i, code: 'NET_NOT_EMPTY' },
  { status: WORDED, text: /\bexists\b/i, code: 'NET_EXISTS' },
  {
    status: WORDED,
    text: /denied|permi(t|ss)|not allowed|read.only|forbidden|privilege|unable to handle command/i,
    code: 'NET_ACCESS_DENIED',
  },
  { status: WORDED, text: /no space|quota|disk full/i, code: 'NET_NO_SPACE' },
  {
    status: WORDED,
    text: /(is|not) a (directory|folder|regular file|plain file)/i,
    code: 'NET_BAD_NAME',
  },
  VAGUE_NAME,
  VAGUE,
]
