/*
 * From the bytes of a listing to entries. Every line is accounted for: it is an entry, or it is counted; one that
 * cannot be read is an entry of the type `other`. Works through a long listing in pieces, so that other work is not held up.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { netError } from '@net/core/authoring'

import type { FtpEntry } from '../entry.ts'
import { fromWire, toWire, isEscaped, type FtpEncoding } from '../wire-text.ts'
import { isAboutItself, readFacts } from './facts.ts'
import { LineReader } from './line-reader.ts'
import type { ListedFile } from './listed-file.ts'

/** In which format a listing is: with facts (MLSD), or for people (LIST). */
export type ListingFormat = 'facts' | 'people'

/** What a listing is read as. */
export interface ListingPlan {
  readonly folder: string
  readonly format: ListingFormat
  readonly encoding: FtpEncoding
}

/** The entries of a folder, and what was left out of them. */
export interface ParsedListing {
  readonly entries: readonly FtpEntry[]
  /** Names that are no names, because they lead elsewhere or cannot be sent back. */
  readonly refused: number
  /** Lines that could not be read. */
  readonly unread: number
  /** Entries without a fact that made no sense. */
  readonly odd: number
  /** Whether the listing ends within a line, which is then no entry: every line has an end (RFC 3659 section 7.2). */
  readonly cut: boolean
  /** Whether `.` was one of the lines. */
  readonly showsItself: boolean
}

/** Reads a listing. Rejects with `NET_PROTO_MALFORMED` if not one of its lines can be read, `NET_PROTO_LIMIT` for a line beyond 8 KiB. */
export async function parseListing(listing: Uint8Array, plan: ListingPlan): Promise<ParsedListing> {
  const ended = listing.lastIndexOf(LF) + 1
  if (listing.length - ended > LONGEST_LINE) throw tooLong()
  const parsed = new Entries(plan, listing.length > ended)
  const readers = new LineReader()
  for (const lines of pieces(listing.subarray(0, ended), plan.encoding)) {
    if (plan.format === 'facts') for (const line of lines) parsed.addFacts(line)
    else {
      for (const line of lines) {
        parsed.addListed(line, readers.read(line) ?? (await readers.readByEngine(line)))
      }
    }
    await turn()
  }
  return parsed.whole()
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

class Entries {
  readonly #plan: ListingPlan
  readonly #cut: boolean
  readonly #entries: FtpEntry[] = []
  #refused = 0
  #unread = 0
  #odd = 0
  #read = 0
  #showsItself = false
  #example = ''

  constructor(plan: ListingPlan, cut: boolean) {
    this.#plan = plan
    this.#cut = cut
  }

  addFacts(line: string): void {
    const facts = readFacts(line)
    if (facts !== undefined && facts.odd > 0) this.#odd += 1
    this.#add(line, isAboutItself(line) ? 'known' : facts?.entry)
  }

  addListed(line: string, listed: ListedFile | 'known' | undefined): void {
    if (typeof listed !== 'object' || listed.member === undefined) return this.#add(line, listed)
    const { member, ...entry } = listed
    return this.#add(line, entry, member)
  }

  whole(): ParsedListing {
    if (this.#unread > 0 && this.#read === 0) throw notReadable(this.#example)
    return {
      entries: this.#entries,
      refused: this.#refused,
      unread: this.#unread,
      odd: this.#odd,
      cut: this.#cut,
      showsItself: this.#showsItself,
    }
  }

  #unreadable(line: string): FtpEntry {
    const name = nameFor(line)
    return { name, path: pathIn(this.#plan.folder, name), type: 'other', raw: line }
  }

  #add(line: string, entry: Omit<FtpEntry, 'path'> | 'known' | undefined, isMember = false): void {
    if (entry === undefined) {
      this.#unread += 1
      this.#example = line
      this.#entries.push(this.#unreadable(line))
      return
    }
    this.#read += 1
    if (entry === 'known') return
    this.#showsItself ||= entry.name === '.'
    if (entry.name === '.' || entry.name === '..') return
    if (!isName(entry.name)) {
      this.#refused += 1
      return
    }
    const path = pathIn(this.#plan.folder, entry.name, isMember)
    const { encoding } = this.#plan
    if (!isEscaped(entry.name)) this.#entries.push({ ...entry, path })
    else this.#entries.push({ ...entry, path, nameBytes: toWire(entry.name, encoding) })
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

function* pieces(listing: Uint8Array, encoding: FtpEncoding): Generator<readonly string[]> {
  const bytes = Buffer.from(listing.buffer, listing.byteOffset, listing.length)
  let lines: string[] = []
  let size = 0
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start)
    if (end - start > LONGEST_LINE) throw tooLong()
    const line = fromWire(bytes.subarray(start, bytes[end - 1] === CR ? end - 1 : end), encoding)
    if (line.trim() !== '') lines.push(line)
    size += end - start
    start = end + 1
    if (size < PIECE) continue
    yield lines
    lines = []
    size = 0
  }
  if (lines.length > 0) yield lines
}

function notReadable(line: string): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: `the server lists files in a format that we cannot read: ${line.slice(0, 200)}`,
  })
}

function tooLong(): Error {
  return netError('NET_PROTO_LIMIT', {
    message: `a line of the listing has more than ${LONGEST_LINE} bytes`,
    limit: LONGEST_LINE,
  })
}

const LF = 0x0a
const CR = 0x0d
const LONGEST_LINE = 8192
const PIECE = 65_536
