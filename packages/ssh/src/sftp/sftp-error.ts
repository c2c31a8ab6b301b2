/* What a server's refusals are called: by their number, and by its words where the number says nothing. */

import { ReplyError, type ErrorDetails, type NetErrorCode, type RetryClass } from '@net/core'
import { nameErrors } from '@net/core/authoring'

import type { SftpAttributes } from './attributes.ts'
import { STATUS } from './packets.ts'
import type { StatusReply } from './replies.ts'

/** The server refused a request of SFTP; `reply` has its words. */
export class SftpError extends ReplyError {
  /** The number of the status: 2 no such file, 3 permission denied, 4 failure, 8 unsupported; above 8 those of later versions. */
  readonly status: number

  constructor(code: NetErrorCode, details: ErrorDetails, status: number) {
    super(code, details)
    this.status = status
  }
}

/** What the server said, to say it again under another name. */
export function saidBy({ status, reply }: SftpError): Pick<StatusReply, 'code' | 'text'> {
  return { code: status, text: reply?.text ?? '' }
}

nameErrors({ SftpError })

/** What a look tells where the server refuses it: nothing. Throws what is no refusal. */
export function unlessRefused(error: unknown): SftpAttributes {
  if (error instanceof SftpError) return {}
  throw error
}

/** What was asked, for the words of an error. */
export interface Asked {
  /** Such as `open in/report.csv`. */
  readonly what: string
  /** Whether it was asked of a handle: "no such file" means something else then. */
  readonly onHandle?: boolean
  /** Whether nothing has happened yet: an open file that is locked may be free a moment later. */
  readonly opens?: boolean
}

/** The error for a status that is not OK. */
export function statusError({ code, text }: StatusReply, asked: Asked): SftpError {
  const { name, why, retry } = meaningOf(code, text, asked)
  return refusalOf({ code, text }, asked, { name, why, retry })
}

/** What a refusal means. */
export interface Meaning {
  readonly name: NetErrorCode
  readonly why: string
  readonly retry?: RetryClass | undefined
}

/** The error for a status whose meaning is known in another way than by the number. */
export function refusalOf(
  { code, text }: Pick<StatusReply, 'code' | 'text'>,
  { what }: Asked,
  { name, why, retry }: Meaning,
): SftpError {
  const said = text === '' || text.toLowerCase() === why ? '' : `, "${text}"`
  const message = `the server refused to ${what}: ${why} (status ${code}${said})`
  const details = { message, reply: { status: code, text } }
  return new SftpError(name, retry === undefined ? details : { ...details, retry }, code)
}

/** Whether the server does not know the request. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof SftpError && error.status === STATUS.OP_UNSUPPORTED
}

/** Whether the error is a refusal that does not say why: the number 4, and what takes its place. */
export function isVague(error: unknown): error is SftpError {
  return error instanceof SftpError && error.code === 'NET_REPLY_PERMANENT'
}

function meaningOf(code: number, text: string, asked: Asked): Meaning {
  if (code === STATUS.NO_SUCH_FILE && asked.onHandle === true) {
    return { name: 'NET_REPLY_PERMANENT', why: 'the file was not opened for this' }
  }
  const isWordy = code === STATUS.FAILURE || code === STATUS.PERMISSION_DENIED
  const told = isWordy ? words.find(([pattern]) => pattern.test(text)) : undefined
  const meaning = told?.[1] ?? meanings[code] ?? { name: 'NET_REPLY_PERMANENT', why: 'it failed' }
  if (meaning.name !== 'NET_REPLY_TEMPORARY') return meaning
  return { ...meaning, retry: asked.opens === true ? 'safe' : 'idempotent' }
}

const IN_USE: Meaning = { name: 'NET_REPLY_TEMPORARY', why: 'another program uses the file' }
const FULL: Meaning = { name: 'NET_NO_SPACE', why: 'there is no space left' }

// Of 3 and 4, in the words of servers that have any.
const words: readonly (readonly [RegExp, Meaning])[] = [
  [/sharing violation|locked|being used|in use\b/i, IN_USE],
  [
    /invalid (?:file ?)?name|name too long/i,
    { name: 'NET_BAD_NAME', why: 'the name is not possible there' },
  ],
  [/not empty/i, { name: 'NET_NOT_EMPTY', why: 'the folder is not empty' }],
  [/already exists|file exists/i, { name: 'NET_EXISTS', why: 'it exists already' }],
  [/quota|no space|disk full|out of space|not enough space/i, FULL],
]

const meanings: Readonly<Record<number, Meaning>> = {
  1: { name: 'NET_REPLY_PERMANENT', why: 'there is no more' },
  2: { name: 'NET_NOT_FOUND', why: 'there is no such file or folder' },
  3: { name: 'NET_ACCESS_DENIED', why: 'access is denied' },
  4: { name: 'NET_REPLY_PERMANENT', why: 'it failed' },
  // OpenSSH says so of names that are too long, and of what is no link: the connection is sound.
  5: { name: 'NET_BAD_NAME', why: 'the name is not possible there' },
  6: { name: 'NET_REPLY_TEMPORARY', why: 'the server has no connection to its files' },
  7: { name: 'NET_REPLY_TEMPORARY', why: 'the server has lost its files' },
  8: { name: 'NET_UNSUPPORTED', why: 'the server cannot do that' },
  // From here on of versions 4 to 6.
  9: { name: 'NET_REPLY_PERMANENT', why: 'the handle is no longer valid' },
  10: { name: 'NET_NOT_FOUND', why: 'there is no such path' },
  11: { name: 'NET_EXISTS', why: 'it exists already' },
  12: { name: 'NET_ACCESS_DENIED', why: 'it is write-protected' },
  13: { name: 'NET_REPLY_PERMANENT', why: 'there is no medium' },
  14: FULL,
  15: { name: 'NET_NO_SPACE', why: 'the quota is used up' },
  16: { name: 'NET_REPLY_PERMANENT', why: 'the server does not know the owner' },
  17: { name: 'NET_REPLY_TEMPORARY', why: 'another program has locked it' },
  18: { name: 'NET_NOT_EMPTY', why: 'the folder is not empty' },
  19: { name: 'NET_REPLY_PERMANENT', why: 'it is no folder' },
  20: { name: 'NET_BAD_NAME', why: 'the name is not possible there' },
  21: { name: 'NET_BAD_NAME', why: 'links lead in a circle' },
  22: { name: 'NET_ACCESS_DENIED', why: 'it cannot be removed' },
  23: { name: 'NET_REPLY_PERMANENT', why: 'a parameter is wrong' },
  24: { name: 'NET_REPLY_PERMANENT', why: 'it is a folder' },
}
