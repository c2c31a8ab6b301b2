/*
 * The entries of a folder, read into memory whole, or as they come for a loop that wants them so. The session is free again
 * when the server has sent them, whatever the loop does.
 */

import { isNetError, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { Dialog } from '../dialog.ts'
import type { FtpEntry } from '../entry.ts'
import { errorOf, isNotKnown, isUnexplained, isVague } from '../errors.ts'
import { visit } from '../folder-visit.ts'
import { asArgument, splitPath } from '../remote-path.ts'
import { listedDates } from '../server-clock.ts'
import type { Session } from '../session.ts'
import { askSize } from '../size.ts'
import { transfer } from '../transfer.ts'
import { drain, LARGEST_LISTING } from './drain.ts'
import {
  parseListing,
  type ListingCounts,
  type ListingFormat,
  type ListingPlan,
} from './entries.ts'
import type { ListedDates } from './listed-dates.ts'
import type { ListingFlow } from './listing-flow.ts'
import { cutShort, isAboutEmptiness } from './listing-words.ts'

/** What a server lists. */
export interface Listing {
  readonly entries: readonly FtpEntry[]
  /** Whether each line is one of the entries; otherwise a name that is missing here may be there. */
  readonly isWhole: boolean
  /** Why the folder holds more than the server listed. */
  readonly incomplete?: NetError
  /** Whether `.` was one of the lines. */
  readonly showsItself?: boolean
}

/** What is wanted of a listing. */
export interface ListingOptions {
  readonly maxBytes?: number | undefined
  /** Whether entries are wanted that LIST leaves out at many servers, because their names begin with a dot. Default false. */
  readonly hidden?: boolean | undefined
  /** Gets what is long as it comes; the listing has no entries then. */
  readonly flow?: ListingFlow | undefined
}

/**
 * Lists a folder by MLSD where the server has it, else by LIST inside the folder. Rejects with `NET_PROTO_LIMIT` beyond
 * `maxBytes`, by default 16 MiB.
 */
export async function listFolder(
  session: Session,
  dialog: Dialog,
  folder: string,
  { maxBytes = LARGEST_LISTING, hidden = false, flow }: ListingOptions = {},
): Promise<Listing> {
  const limits = { maxBytes, flow }
  if (session.features.has('MLST') && session.knows('MLSD')) {
    try {
      const listing = await fetchListing(session, dialog, planFor('MLSD', folder, limits))
      session.understood('MLSD')
      return listing
    } catch (error) {
      if (!isNotKnown(error))
        throw (await whyNot(session, dialog, folder, error).catch(() => undefined)) ?? error
      // FEAT promised it, or the folder has a name that is not taken; there is still LIST.
      session.refused('MLSD')
    }
  }
  const plan = { ...planFor('LIST', folder, limits), dates: await listedDates(session, dialog) }
  return folder === '.'
    ? fetchForPeople(session, dialog, plan, hidden)
    : listInside(session, dialog, plan, hidden)
}

async function listInside(
  session: Session,
  dialog: Dialog,
  plan: FetchPlan,
  hidden: boolean,
): Promise<Listing> {
  const { folder } = plan
  try {
    const inside = await visit(session, dialog, folder, () =>
      fetchForPeople(session, dialog, { ...plan, command: 'LIST' }, hidden),
    )
    return inside ?? (await fetchListing(session, dialog, plan))
  } catch (error) {
    throw (await whyNot(session, dialog, folder, error).catch(() => undefined)) ?? error
  }
}

/**
 * By `LIST -a`, where hidden entries are wanted and the server takes the option for one: it then lists the folder itself
 * as well. One that does not is asked as usual, for good.
 */
async function fetchForPeople(
  session: Session,
  dialog: Dialog,
  plan: FetchPlan,
  hidden: boolean,
): Promise<Listing> {
  if (hidden && plan.command === 'LIST' && session.knows(ALL)) {
    // What it lists may be thrown away.
    const whole = { ...plan, command: ALL, flow: undefined }
    const all = await fetchListing(session, dialog, whole).catch((error: unknown) => {
      if (isNetError(error) && error.reply !== undefined) return undefined
      throw error
    })
    if (all?.showsItself === true) {
      session.understood(ALL)
      return all
    }
    session.refused(ALL)
  }
  return fetchHere(session, dialog, plan)
}

/** The listing of the folder in which we are: a refusal without a word why does not say that it is missing. */
async function fetchHere(session: Session, dialog: Dialog, plan: FetchPlan): Promise<Listing> {
  try {
    return await fetchListing(session, dialog, plan)
  } catch (error) {
    throw isUnexplained(error) ? shut(error) : error
  }
}

/** The error of a folder that is there, and is not listed. */
function shut({ reply }: NetError): NetError {
  const { status = 0, text = '' } = reply ?? {}
  return errorOf('NET_ACCESS_DENIED', { status, text }, 'LIST')
}

/** The better error where a refusal does not say whether nothing is there, or a file, or a folder that is not for us. */
async function whyNot(
  session: Session,
  dialog: Dialog,
  path: string,
  error: unknown,
): Promise<NetError | undefined> {
  if (!isNetError(error) || error.reply === undefined) return undefined
  if (path === '.' && isUnexplained(error)) return shut(error)
  const { status = 0, text } = error.reply
  const saysNothing = isVague({ status, text }, 'CWD')
  if (!saysNothing && error.code !== 'NET_NOT_FOUND') return undefined
  const size = await askSize(session, dialog, path)
  if (size !== undefined) return errorOf('NET_BAD_NAME', { status, text }, 'CWD')
  return saysNothing && (await isListedFolder(session, dialog, path))
    ? errorOf('NET_ACCESS_DENIED', { status, text }, 'CWD')
    : undefined
}

async function isListedFolder(session: Session, dialog: Dialog, path: string): Promise<boolean> {
  const { folder, name } = splitPath(path)
  if (name === '') return false
  const above = await listFolder(session, dialog, folder).catch(() => undefined)
  return above?.entries.some((entry) => entry.name === name && entry.type === 'folder') === true
}

interface FetchLimits {
  readonly maxBytes: number
  readonly flow: ListingFlow | undefined
}

interface FetchPlan extends FetchLimits {
  readonly command: string
  readonly folder: string
  readonly format: ListingFormat
  readonly dates?: ListedDates | undefined
}

function planFor(verb: 'MLSD' | 'LIST', folder: string, limits: FetchLimits): FetchPlan {
  const command = folder === '.' ? verb : `${verb} ${asArgument(folder)}`
  return { command, folder, format: verb === 'MLSD' ? 'facts' : 'people', ...limits }
}

async function fetchListing(
  session: Session,
  dialog: Dialog,
  { command, folder, format, dates, maxBytes, flow }: FetchPlan,
): Promise<Listing> {
  const plan = { folder, format, dates, encoding: dialog.control.encoding }
  const overflow = flow === undefined ? undefined : flowing(flow, dialog, plan)
  const listed = await transfer(session, dialog, {
    command,
    mayEndEarly: true,
    move: (data) => drain(dialog, data, maxBytes, overflow),
  }).catch((error: unknown) => {
    if (isNetError(error) && isAboutEmptiness(error.reply)) return undefined
    throw isNetError(error) && flow?.isBegun === true ? flow.broken(error) : error
  })
  if (listed === undefined) return { entries: [], isWhole: true }
  const cut = cutShort(listed.reply, folder)
  if (flow?.isBegun === true) {
    flow.give(listed.moved)
    return { entries: [], isWhole: false, ...missing(cut, !flow.endsWithLine) }
  }
  const parsed = await parseListing(listed.moved, plan)
  warn(dialog, parsed)
  const incomplete = missing(cut, parsed.cut)
  return {
    entries: parsed.entries,
    isWhole: parsed.refused + parsed.unread === 0 && incomplete.incomplete === undefined,
    ...incomplete,
    showsItself: parsed.showsItself,
  }
}

/** Takes what comes of a long listing to its loop. */
function flowing(
  flow: ListingFlow,
  dialog: Dialog,
  plan: ListingPlan,
): (bytes: Uint8Array) => void {
  return (bytes) => {
    if (!flow.isBegun) flow.begin({ op: dialog.op, plan, warn: (counts) => warn(dialog, counts) })
    flow.give(bytes)
  }
}

function missing(cut: NetError | undefined, endsWithinLine: boolean): Pick<Listing, 'incomplete'> {
  const incomplete = cut ?? (endsWithinLine ? endedEarly() : undefined)
  return incomplete === undefined ? {} : { incomplete }
}

function endedEarly(): NetError {
  return netError('NET_PROTO_INCOMPLETE', {
    message: 'the listing ended within a line',
    phase: 'receive',
  })
}

function warn({ op }: Dialog, { refused, unread, odd, escaped }: ListingCounts): void {
  if (refused > 0) op.warn(`left out ${refused} entries of the listing, whose names cannot be used`)
  if (unread > 0) op.warn(`left out ${unread} lines of the listing, which could not be read`)
  if (odd > 0) op.warn(`${odd} entries of the listing lack facts that made no sense`)
  if (escaped > 0) {
    op.warn(`${escaped} names of the listing are not in the encoding of this client; see nameBytes`)
  }
}

const ALL = 'LIST -a'
