/*
 * From the bytes of a listing to entries. Every line is accounted for: it is an entry, or it is counted; one that
 * cannot be read is an entry of the type `other`. Works through a long listing in pieces, so that other work is not held up.
 */

import { isUtf8 } from 'node:buffer'
import { setImmediate as turn } from 'node:timers/promises'

import { netError } from '@net/core/authoring'

import type { FtpEntry } from '../entry.ts'
import { fromWire, toWire, isEscaped, type FtpEncoding } from '../wire-text.ts'
import { isAboutItself, readFacts } from './facts.ts'
import { LineReader } from './line-reader.ts'
import type { ListedDates } from './listed-dates.ts'
import type { ListedFile } from './listed-file.ts'
import { UnixRun } from './unix-run.ts'

/** In which format a listing is: with facts (MLSD), or for people (LIST). */
export type ListingFormat = 'facts' | 'people'

/** What a listing is read as. */
export interface ListingPlan {
  readonly folder: string
  readonly format: ListingFormat
  readonly encoding: FtpEncoding
  /** What reads the dates of lines for people; without it they are not read. */
  readonly dates?: ListedDates | undefined
}

/** What there is in a listing besides entries. */
export interface ListingCounts {
  /** Names that are no names, because they lead elsewhere or cannot be sent back. */
  readonly refused: number
  /** Lines that could not be read. */
  readonly unread: number
  /** Entries without a fact that made no sense. */
  readonly odd: number
  /** Entries whose names are not in the encoding. */
  readonly escaped: number
  /** Whether `.` was one of the lines. */
  readonly showsItself: boolean
}

/** The entries of a folder, and what was left out of them. */
export interface ParsedListing extends ListingCounts {
  readonly entries: readonly FtpEntry[]
  /** Whether the listing ends within a line, which is then no entry: every line has an end (RFC 3659 section 7.2). */
  readonly cut: boolean
}

/** Reads a listing. Rejects with `NET_PROTO_MALFORMED` if not one of its lines can be read, `NET_PROTO_LIMIT` for a line beyond 8 KiB. */
export async function parseListing(listing: Uint8Array, plan: ListingPlan): Promise<ParsedListing> {
  const ended = listing.lastIndexOf(LF) + 1
  if (listing.length - ended > LONGEST_LINE) throw tooLong()
  const reader = new ListingReader(plan)
  const entries: FtpEntry[] = []
  for (let start = 0; start < ended;) {
    const end = listing.indexOf(LF, Math.min(start + PIECE, ended - 1)) + 1
    for (const entry of await reader.read(listing.subarray(start, end))) entries.push(entry)
    start = end
    await turn()
  }
  return { entries, cut: listing.length > ended, ...reader.end() }
}

/** The path of a name in a folder. Of a folder of z/OS, which stands in quotes, a name is a member or a further qualifier. */
export function pathIn(folder: string, name: string, isMember = false): string {
  if (folder === '' || folder === '.' || name.startsWith("'")) return name
  const [, quoted] = /^'([^']+)'$/.exec(folder) ?? []
  if (quoted !== undefined) {
    const plain = quoted.replace(/[.*]+$/, '')
    return isMember ? `'${plain}(${name})'` : `'${plain}.${name}'`
  }
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

/** Reads one listing, piece by piece. */
export class ListingReader {
  readonly #plan: ListingPlan
  readonly #lines: LineReader
  readonly #run: UnixRun | undefined
  #refused = 0
  #unread = 0
  #odd = 0
  #escaped = 0
  #read = 0
  #showsItself = false
  #example = ''
  /** What is given once a line could be read: a listing of which none can is none. */
  #held: FtpEntry[] = []

  constructor(plan: ListingPlan) {
    this.#plan = plan
    const { folder, format, dates } = plan
    this.#lines = new LineReader(dates)
    // A folder of z/OS stands in quotes, and makes other paths.
    const isPlain = format === 'people' && !folder.startsWith("'")
    if (isPlain) this.#run = new UnixRun(pathIn(folder, ''), dates)
  }

  /** The entries of these bytes, which end with a line. Rejects with `NET_PROTO_LIMIT`. */
  async read(bytes: Uint8Array): Promise<readonly FtpEntry[]> {
    const { encoding } = this.#plan
    const isText = encoding === 'latin1' || isUtf8(bytes)
    const text = textOf(bytes, encoding, isText)
    const entries = this.#held
    this.#held = []
    for (let start = 0; start < text.length;) {
      start = this.#readRun(text, start, entries, isText)
      if (start === text.length) break
      const end = text.indexOf('\n', start)
      if (end - start > LONGEST_LINE) throw tooLong()
      const last = text.charCodeAt(end - 1) === CR && end > start ? end - 1 : end
      const line = text.slice(start, last)
      const entry = this.#line(line) ?? this.#listed(line, await this.#lines.readByEngine(line))
      if (entry !== 'none') entries.push(this.#marked(entry))
      start = end + 1
    }
    if (this.#read > 0 || this.#unread === 0) return entries
    this.#held = entries
    return []
  }

  /** What there was besides entries; all has been read. Throws `NET_PROTO_MALFORMED` if that was not one line. */
  end(): ListingCounts {
    if (this.#unread > 0 && this.#read === 0) throw notReadable(this.#example)
    return {
      refused: this.#refused,
      unread: this.#unread,
      odd: this.#odd,
      escaped: this.#escaped,
      showsItself: this.#showsItself,
    }
  }

  /** The lines that are like the one before; gives the place of the first other one. */
  #readRun(text: string, from: number, entries: FtpEntry[], isText: boolean): number {
    const before = entries.length
    const to = this.#run?.read(text, from, entries) ?? from
    this.#read += entries.length - before
    if (!isText) {
      for (let at = before; at < entries.length; at++)
        entries[at] = this.#marked(entries[at] as FtpEntry)
    }
    return to
  }

  /** Undefined if the line is one for the engine. */
  #line(line: string): FtpEntry | 'none' | undefined {
    if (line.trim() === '') return 'none'
    if (this.#plan.format === 'facts') return this.#facts(line)
    const listed = this.#lines.read(line)
    return listed === undefined ? undefined : this.#listed(line, listed)
  }

  #facts(line: string): FtpEntry | 'none' {
    const facts = readFacts(line)
    if (facts !== undefined && facts.odd > 0) this.#odd += 1
    return this.#entryOf(line, isAboutItself(line) ? 'known' : facts?.entry)
  }

  #listed(line: string, listed: ListedFile | 'known' | undefined): FtpEntry | 'none' {
    if (typeof listed !== 'object') return this.#entryOf(line, listed)
    this.#run?.note(line, listed)
    if (listed.member === undefined) return this.#entryOf(line, listed)
    const { member, ...entry } = listed
    return this.#entryOf(line, entry, member)
  }

  #unreadable(line: string): FtpEntry {
    const name = nameFor(line)
    return { name, path: pathIn(this.#plan.folder, name), type: 'other', raw: line }
  }

  #entryOf(
    line: string,
    entry: Omit<FtpEntry, 'path'> | 'known' | undefined,
    isMember = false,
  ): FtpEntry | 'none' {
    if (entry === undefined) {
      this.#unread += 1
      this.#example = line
      return this.#unreadable(line)
    }
    this.#read += 1
    if (entry === 'known') return 'none'
    this.#showsItself ||= entry.name === '.'
    if (entry.name === '.' || entry.name === '..') return 'none'
    if (!isName(entry.name)) {
      this.#refused += 1
      return 'none'
    }
    return { ...entry, path: pathIn(this.#plan.folder, entry.name, isMember) }
  }

  /** With the bytes of a name that is no text. */
  #marked(entry: FtpEntry): FtpEntry {
    if (entry.raw !== undefined || !isEscaped(entry.name)) return entry
    this.#escaped += 1
    return { ...entry, nameBytes: toWire(entry.name, this.#plan.encoding) }
  }
}

/** The name that stands for a line that cannot be read: the line, without what no name may have. */
function nameFor(line: string): string {
  return line.trim().replaceAll(/[/\0\r]/g, '?')
}

/** A name with a separator leads out of the folder that was listed; one with a line break cannot be sent back. */
function isName(name: string): boolean {
  return name !== '' && !/[/\0\r]/.test(name)
}

/** The text of whole lines. One name that is not in the encoding makes no other line dear. */
function textOf(
  { buffer, byteOffset, length }: Uint8Array,
  encoding: FtpEncoding,
  isText: boolean,
): string {
  const bytes = Buffer.from(buffer, byteOffset, length)
  if (isText) return bytes.toString(encoding)
  let text = ''
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start) + 1
    text += fromWire(bytes.subarray(start, end), encoding)
    start = end
  }
  return text
}

function notReadable(line: string): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: `the server lists files in a format that we cannot read: ${line.slice(0, 200)}`,
  })
}

/** The error of a line beyond 8 KiB. */
export function tooLong(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `a line of the listing has more than ${LONGEST_LINE} bytes`,
    limit: LONGEST_LINE,
  })
}

const LF = 0x0a
const CR = 0x0d
/** In bytes. */
export const LONGEST_LINE = 8192
/** How many bytes are read as one. */
export const PIECE = 65_536
