/*
 * One line of MLSD or MLST (RFC 3659, section 7): facts, a space, a name. Everything in it was chosen by the server. A
 * fact that makes no sense is left out and counted: it is no reason to withhold the others.
 */

import type { FtpEntry } from '../entry.ts'

/** What a line says. */
export interface FactsLine {
  readonly entry: Omit<FtpEntry, 'path'>
  /** How many facts were left out, because they make no sense. */
  readonly odd: number
}

/** Reads a line; undefined if it has no name, or something else than facts in front of it. A server may give no facts at all. */
export function readFacts(line: string): FactsLine | undefined {
  const space = line.indexOf(' ')
  const name = line.slice(space + 1)
  if (space < 0 || name === '') return undefined
  if (space > 0 && !line.slice(0, space).includes('=')) return undefined
  return entryOf(name, factsOf(line.slice(0, space)))
}

/** Field by field: listings have a million lines. */
function entryOf(name: string, facts: ReadonlyMap<string, string>): FactsLine {
  const type = facts.get('type') ?? ''
  const entry: Writable = { name, type: typeOf(type.toLowerCase()) }
  let odd = 0
  const put = (
    field: 'size' | 'modified' | 'mode',
    fact: string | undefined,
    read: (text: string) => number | undefined,
  ): void => {
    if (fact === undefined) return
    const figure = read(fact)
    if (figure === undefined) odd += 1
    else entry[field] = figure
  }
  put('size', facts.get('size'), readSize)
  put('modified', facts.get('modify'), readTime)
  put('mode', facts.get('unix.mode'), readMode)
  const target = LINK.exec(type)?.[1]
  if (target !== undefined) entry.target = target
  const user = facts.get('unix.ownername') ?? facts.get('unix.owner')
  if (user !== undefined) entry.user = user
  const group = facts.get('unix.groupname') ?? facts.get('unix.group')
  if (group !== undefined) entry.group = group
  return { entry, odd }
}

type Writable = { -readonly [K in keyof FactsLine['entry']]: FactsLine['entry'][K] }

/** Whether the line is about the folder that was listed, or the one above it. */
export function isAboutItself(line: string): boolean {
  return ITSELF.test(line)
}

/** A size in bytes as SIZE and the facts have it; undefined for anything but digits below 2^53. */
export function readSize(text: string): number | undefined {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(size) ? size : undefined
}

/** A time `YYYYMMDDHHMMSS[.sss]` in UTC, as milliseconds since 1970; undefined for anything else. */
export function readTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second, fraction = ''] = TIME.exec(text) ?? []
  // Date makes a guess at almost any text; only what has the form of a time may reach it.
  if (year === undefined) return undefined
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`)
  return Number.isNaN(time) ? undefined : time
}

function readMode(text: string): number | undefined {
  const [, digits] = OCTAL.exec(text) ?? []
  return digits === undefined ? undefined : Number.parseInt(digits, 8) & 0o7777
}

function factsOf(text: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>()
  for (const fact of text.split(';')) {
    const equals = fact.indexOf('=')
    if (equals > 0) facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1))
  }
  return facts
}

function typeOf(type: string): FtpEntry['type'] {
  if (type === 'file') return 'file'
  if (type === 'dir' || type === 'cdir' || type === 'pdir') return 'folder'
  return type.startsWith('os.unix=slink') || type === 'os.unix=symlink' ? 'link' : 'other'
}

const ITSELF = /^(?:[^ ;]*;)*type=[cp]dir;/i
const LINK = /^OS\.unix=slink:(.+)$/i
// pyftpdlib writes `0o644`.
const OCTAL = /^(?:0o)?([0-7]{3,6})$/
// RFC 3659 allows a second of 60 once in years; Date does not, and no server is known to send one.
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/
