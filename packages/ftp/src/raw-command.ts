/* A command of the caller's own, for what the verbs have not. */

import { netError } from '@net/core/authoring'

import { verbOf, type Dialog } from './dialog.ts'
import { replyError } from './errors.ts'
import type { Session } from './session.ts'

/** What a server answered to a command. */
export interface CommandReply {
  /** The three digits. */
  readonly status: number
  /** The whole reply with its codes, lines separated by LF. */
  readonly text: string
  /** Its lines without codes. */
  readonly lines: readonly string[]
}

/**
 * Sends one line and gives the last reply to it. Rejects with the server's refusal, unless `check` is false, and with
 * `NET_UNSUPPORTED` for commands that need a data connection or change what the client relies on.
 */
export async function rawCommand(
  session: Session,
  dialog: Dialog,
  line: string,
  check: boolean,
): Promise<CommandReply> {
  const verb = verbOf(line).toUpperCase()
  if (OURS.has(verb)) {
    throw netError('NET_UNSUPPORTED', {
      message: `${verb} is a command that the client sends by itself; use its verb`,
    })
  }
  // It may give a file another time.
  session.times.forget()
  // What it changes only the server knows.
  if (verb === 'SITE' && !/^\S+ +HELP\b/i.test(line)) session.change()
  const { status, text } = await dialog.op.phase('command', () => dialog.work(line))
  if (check && status >= 400) throw replyError({ status, text }, verb)
  return { status, text, lines: text.split('\n').map(withoutCode) }
}

function withoutCode(line: string): string {
  return line.replace(/^\d{3}(?:[ -]|$)/, '')
}

/** Commands with data, and those behind which the session would not be what its verbs take it for. */
const OURS: ReadonlySet<string> = new Set(
  (
    'RETR STOR STOU APPE LIST NLST MLSD REST RNFR RNTO PASV EPSV PORT EPRT LPRT LPSV SPSV AUTH CCC PROT PBSZ ' +
    'USER PASS ACCT REIN QUIT ABOR TYPE MODE STRU CWD CDUP XCWD XCUP HOST ADAT'
  ).split(' '),
)
