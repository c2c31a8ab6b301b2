/*
 * Times and modes of remote files. Of the four ways to set a time only one is standard; each is believed once the
 * server tells the new time, and kept. All times are UTC.
 */

import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { isNotKnown, replyError } from './errors.ts'
import { readTime } from './listing/facts.ts'
import { lookUp } from './lookup.ts'
import { asArgument } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import type { Session } from './session.ts'

/** When a file was modified (MDTM, RFC 3659, section 3), in milliseconds since 1970; undefined where the server does not tell. */
export async function askModified(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<number | undefined> {
  if (!session.knows('MDTM')) return undefined
  const reply = await say(dialog, `MDTM ${asArgument(path)}`)
  if (isPositive(reply)) {
    session.understood('MDTM')
    return readTime(reply.text.slice(CODE).trim().split(/\s+/)[0] ?? '')
  }
  if (isNotKnown(replyError(reply, 'MDTM'))) session.refused('MDTM')
  return undefined
}

/** The same by whatever tells it. Rejects with `NET_NOT_FOUND`, and with `NET_UNSUPPORTED` where nothing does. */
export async function requireModified(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<number> {
  const modified = await askModified(session, dialog, path)
  const known = modified ?? (await lookUp(session, dialog, path)).modified
  if (known !== undefined) return known
  throw netError('NET_UNSUPPORTED', {
    message: `the server does not tell when ${path} was modified`,
  })
}

/** Sets when a file was modified. Rejects with `NET_UNSUPPORTED` where the server has no way to. */
export async function setModified(
  session: Session,
  dialog: Dialog,
  path: string,
  modified: number,
): Promise<void> {
  const time = new Date(Math.floor(modified / 1000) * 1000)
    .toISOString()
    .replace(/[-:T]|\..*$/g, '')
  let refusal: FtpReply | undefined
  for (const way of WAYS) {
    if (!session.knows(way.name)) continue
    if (way.only !== undefined && !(await isServer(session, dialog, way.only))) continue
    const reply = await say(dialog, way.command(time, asArgument(path)), true)
    const isKnown = session.hasUnderstood(way.name)
    if (isPositive(reply) && (isKnown || (await isSet(session, dialog, path, modified)))) {
      session.understood(way.name)
      return
    }
    const error = replyError(reply, way.name)
    if (!isPositive(reply) && !isNotKnown(error) && way.isStandard) throw error
    // Not "understood" by one that says yes and does nothing.
    session.refused(way.name)
    refusal = reply
  }
  throw netError('NET_UNSUPPORTED', {
    message: 'the server has no command that sets the time of a file',
    ...(refusal === undefined ? {} : { reply: { status: refusal.status, text: refusal.text } }),
  })
}

/** Sets the permission bits (SITE CHMOD). Rejects with `NET_UNSUPPORTED` where the server has no such command. */
export async function setMode(dialog: Dialog, path: string, mode: number): Promise<void> {
  const digits = mode.toString(8).padStart(3, '0')
  const reply = await say(dialog, `SITE CHMOD ${digits} ${asArgument(path)}`, true)
  if (!isPositive(reply)) throw replyError(reply, 'SITE')
}

async function isSet(
  session: Session,
  dialog: Dialog,
  path: string,
  modified: number,
): Promise<boolean> {
  const now = await askModified(session, dialog, path)
  return now === undefined || Math.abs(now - modified) < 2000
}

/** Whether the server calls itself so. */
async function isServer(session: Session, dialog: Dialog, name: RegExp): Promise<boolean> {
  if (!session.knows('STAT')) return false
  const reply = await say(dialog, 'STAT')
  if (!name.test(reply.text)) session.refused('STAT')
  return name.test(reply.text)
}

function say(dialog: Dialog, command: string, isWork = false): Promise<FtpReply> {
  return dialog.op.phase('command', () => (isWork ? dialog.work(command) : dialog.ask(command)))
}

interface Way {
  readonly name: string
  readonly isStandard?: true
  /** The servers that read it so; others would take it for something else. */
  readonly only?: RegExp
  command(time: string, path: string): string
}

/** Three of four servers take the time behind `MDTM` for the name of a file. */
const WAYS: readonly Way[] = [
  { name: 'MFMT', isStandard: true, command: (time, path) => `MFMT ${time} ${path}` },
  { name: 'MFF', command: (time, path) => `MFF Modify=${time}; ${path}` },
  { name: 'SITE UTIME', command: (time, path) => `SITE UTIME ${time} ${path}` },
  { name: 'MDTM time', only: /vsFTPd/, command: (time, path) => `MDTM ${time} ${path}` },
]

/** The digits of the reply's code, and what stands behind them. */
const CODE = 4
