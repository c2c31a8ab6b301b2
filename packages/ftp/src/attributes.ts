/*
 * Times and modes of remote files. Of the four ways to set a time only one is standard; each is believed once the
 * server tells the new time, and kept. Times are UTC, except where the clock of MDTM is another one.
 */

import { netError } from '@net/core/authoring'

import type { Dialog } from './dialog.ts'
import { isNotKnown, replyError } from './errors.ts'
import type { FtpEntry } from './entry.ts'
import { lookUp } from './lookup.ts'
import { askTold } from './mdtm.ts'
import { asArgument } from './remote-path.ts'
import { isPositive, type FtpReply } from './reply.ts'
import { isVsftpd, mdtmClock } from './server-clock.ts'
import type { Session } from './session.ts'
import { timeIn } from './time-zone.ts'

/** When a file was modified as MDTM tells it, and how its clock is known; undefined where the server does not tell. */
async function askTime(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<Required<Pick<FtpEntry, 'modified' | 'modifiedFrom' | 'modifiedZone'>> | undefined> {
  const { zone, known } = await mdtmClock(session, dialog)
  const told = await askTold(session, dialog, path)
  if (told === undefined) return undefined
  return { modified: timeIn(zone, told), modifiedFrom: 'MDTM', modifiedZone: known }
}

/** What the server tells of the path, with the time of a file that its line does not tell to the second. Rejects as `lookUp`. */
export async function statOf(session: Session, dialog: Dialog, path: string): Promise<FtpEntry> {
  const entry = await lookUp(session, dialog, path)
  const isTold = entry.modified !== undefined && entry.modifiedGrain === undefined
  if (entry.type !== 'file' || isTold) return entry
  const time = await askTime(session, dialog, path)
  if (time === undefined) return entry
  const { modifiedGrain: _grain, ...rest } = entry
  return { ...rest, ...time }
}

/** When a file was modified, in milliseconds since 1970, by whatever tells it. Rejects with `NET_NOT_FOUND`, and with `NET_UNSUPPORTED` where nothing does. */
export async function requireModified(
  session: Session,
  dialog: Dialog,
  path: string,
): Promise<number> {
  const time = await askTime(session, dialog, path)
  const known = time?.modified ?? (await lookUp(session, dialog, path)).modified
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
  const { zone } = await mdtmClock(session, dialog)
  session.times.forget()
  const second = Math.floor(modified / 1000) * 1000
  let refusal: FtpReply | undefined
  for (const way of WAYS) {
    if (!(await isOpen(session, dialog, way))) continue
    const time = timeText(second + (way.isOfVsftpd === true ? zone.aheadAt(second) : 0))
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

/** Whether the way is worth trying. */
async function isOpen(session: Session, dialog: Dialog, way: Way): Promise<boolean> {
  if (!session.knows(way.name)) return false
  return way.isOfVsftpd !== true || isVsftpd(session, dialog)
}

async function isSet(
  session: Session,
  dialog: Dialog,
  path: string,
  modified: number,
): Promise<boolean> {
  const now = await askTime(session, dialog, path)
  return now === undefined || Math.abs(now.modified - modified) < 2000
}

/** As all these commands want it. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace(/[-:T]|\..*$/g, '')
}

function say(dialog: Dialog, command: string, isWork = false): Promise<FtpReply> {
  return dialog.op.phase('command', () => (isWork ? dialog.work(command) : dialog.ask(command)))
}

interface Way {
  readonly name: string
  readonly isStandard?: true
  /** Whether only vsftpd reads it so, by the clock of its MDTM; others would take it for something else. */
  readonly isOfVsftpd?: true
  command(time: string, path: string): string
}

/** Three of four servers take the time behind `MDTM` for the name of a file. */
const WAYS: readonly Way[] = [
  { name: 'MFMT', isStandard: true, command: (time, path) => `MFMT ${time} ${path}` },
  { name: 'MFF', command: (time, path) => `MFF Modify=${time}; ${path}` },
  { name: 'SITE UTIME', command: (time, path) => `SITE UTIME ${time} ${path}` },
  {
    name: 'MDTM time',
    isOfVsftpd: true,
    command: (time, path) => `MDTM ${time} ${path}`,
  },
]
