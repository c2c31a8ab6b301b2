/*
 * The clock by which a server tells times. MDTM is UTC (RFC 3659), but not with `use_localtime` of vsftpd, and LIST is of any
 * zone. It is measured by a file that was written in this session, and otherwise what the caller states.
 */

import type { Dialog } from './dialog.ts'
import { ListedDates } from './listing/listed-dates.ts'
import { askTold } from './mdtm.ts'
import type { Session } from './session.ts'
import type { ServerClock, Written } from './session-times.ts'
import { fixedZone } from './time-zone.ts'

/** That of MDTM. */
export async function mdtmClock(session: Session, dialog: Dialog): Promise<ServerClock> {
  const { zone, opened } = session.times
  const shift = await measured(session, dialog)
  if (shift === undefined) {
    const isLocal = zone !== undefined && (await isVsftpd(session, dialog))
    return isLocal ? { zone: fixedZone(zone.aheadAt(opened)), known: 'stated' } : ASSUMED
  }
  const isOfZone = zone !== undefined && shift !== 0 && shift === zone.aheadAt(opened)
  if (isOfZone && !(await isVsftpd(session, dialog))) return { zone, known: 'measured' }
  return { zone: fixedZone(shift), known: 'measured' }
}

/** How the dates of LIST are read; undefined where the caller states no zone. */
export async function listedDates(
  session: Session,
  dialog: Dialog,
): Promise<ListedDates | undefined> {
  const { zone } = session.times
  if (zone === undefined) return undefined
  // Its files of summer and winter carry one offset, in LIST as in MDTM.
  if (await isVsftpd(session, dialog)) return new ListedDates(await mdtmClock(session, dialog))
  return new ListedDates({ zone, known: 'stated' })
}

/** Whether the server calls itself vsFTPd (STAT); asked once a session. */
export async function isVsftpd(session: Session, dialog: Dialog): Promise<boolean> {
  const { times } = session
  if (times.isVsftpd === undefined) {
    const { text } = await dialog.op.phase('command', () => dialog.ask('STAT'))
    times.isVsftpd = text.includes('vsFTPd')
  }
  return times.isVsftpd
}

/** How far MDTM is ahead of our clock, by the last file that was written; undefined while there was none. */
async function measured(session: Session, dialog: Dialog): Promise<number | undefined> {
  const { times, place } = session
  const { written } = times
  if (times.measured === undefined && written !== undefined && written.folder === place.folder) {
    const told = await askTold(session, dialog, written.path)
    if (told !== undefined) times.measured = shiftOf(told, written)
  }
  return times.measured === 'unclear' ? undefined : times.measured
}

/** Zones are whole quarters of an hour apart; a clock that is merely wrong is not so close to one. */
function shiftOf(told: number, { from, to }: Written): number | 'unclear' {
  const shift = Math.round((told - to) / QUARTER) * QUARTER
  const time = told - shift
  const isNear = time > from - SLACK && time < to + SLACK
  return isNear && Math.abs(shift) <= MOST ? shift : 'unclear'
}

const ASSUMED: ServerClock = { zone: fixedZone(0), known: 'assumed' }
const QUARTER = 900_000
const SLACK = 120_000
const MOST = 14 * 3_600_000
