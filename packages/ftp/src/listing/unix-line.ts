/*
 * One line as `ls -l` writes it. Owner, group, size, date and name stand one blank apart where a column is too long for
 * its padding, and a name may look like columns itself, so the first size with a date behind it is the size. The month
 * may be of any language; the date has no time zone, and is read only where that of the server is known.
 */

import type { ListedDates } from './listed-dates.ts'
import type { ListedFile } from './listed-file.ts'

/** What the line says; undefined if it is not of this format. */
export function readUnixLine(line: string, dates?: ListedDates): ListedFile | undefined {
  return readCommonLine(line, dates) ?? readAnyLine(line, dates)
}

/** The line as nearly every server writes it, at a third of the cost; undefined for any other. */
function readCommonLine(line: string, dates?: ListedDates): ListedFile | undefined {
  const found = COMMON.exec(line) as CommonLine | null
  if (found === null) return undefined
  const [, kind, mode, user, group, size, name] = found
  const bytes = Number(size)
  // Of a device, two numbers with a comma stand for its size.
  if (group.endsWith(',') || !Number.isSafeInteger(bytes)) return undefined
  const type = kind === 'd' ? 'folder' : 'file'
  const file = { name, type, size: bytes, mode: modeOf(mode), user, group } as const
  if (dates === undefined) return file
  const end = line.length - name.length - 1
  return { ...file, ...dates.read(line.slice(end - DATE, end)) }
}

function readAnyLine(line: string, dates?: ListedDates): ListedFile | undefined {
  const { kind, mode, who, size, date, name } = LINE.exec(line)?.groups ?? {}
  if (kind === undefined || mode === undefined || size === undefined || name === undefined) {
    return undefined
  }
  const type = TYPES[kind] ?? 'other'
  const bytes = bytesOf(size)
  return {
    ...(type === 'link' ? linkOf(name, bytes) : { name }),
    type,
    ...(bytes === undefined ? {} : { size: bytes }),
    mode: modeOf(mode),
    ...ownersOf(who),
    ...dates?.read(date),
  }
}

/** A device has two numbers with a comma in place of its size. */
function bytesOf(size: string): number | undefined {
  const bytes = size.includes(',') ? undefined : Number(size)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** `name -> target`; where both hold arrows, the size of a link is that of its target. */
function linkOf(text: string, size: number | undefined): { name: string; target?: string } {
  const parts = text.split(ARROW)
  if (parts.length < 2) return { name: text }
  const splits = parts.slice(1).map((_, at) => ({
    name: parts.slice(0, at + 1).join(ARROW),
    target: parts.slice(at + 1).join(ARROW),
  }))
  const fitting = splits.find(({ target }) => Buffer.byteLength(target) === size)
  return fitting ?? splits[0] ?? { name: text }
}

function ownersOf(who = ''): { user?: string; group?: string } {
  const [user, ...rest] = who.split(/\s+/)
  const group = rest.join(' ')
  return user === undefined || user === '' ? {} : { user, ...(group === '' ? {} : { group }) }
}

function modeOf(letters: string): number {
  const known = modes.get(letters)
  if (known !== undefined) return known
  const mode = modeFrom(letters)
  // There are few, and as many as a server likes.
  if (modes.size < MOST_MODES) modes.set(letters, mode)
  return mode
}

function modeFrom(letters: string): number {
  let mode = 0
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at)
    const bit = 0o400 >> at
    if (/[rwxst]/.test(letter)) mode |= bit
    // The execute letters also carry set-user-id, set-group-id and sticky.
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> ((at - 2) / 3)
  }
  return mode
}

const modes = new Map<string, number>()
const MOST_MODES = 64
// Links, owner, group, size, an English month, day, and time or year.
const COMMON =
  /^([d-])([r-][w-][xsStT-][r-][w-][xsStT-][r-][w-][xsStT-])[+@.]? +\d{1,9} +(\S{1,60}) +(\S{1,60}) +(\d{1,15}) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d\d:\d\d| \d{4}) ([^]+)$/
type CommonLine = readonly [string, string, string, string, string, string, string]
// `Nov 30 12:00`, or with a year.
const DATE = 12
const ARROW = ' -> '
const TYPES: Readonly<Record<string, ListedFile['type']>> = {
  '-': 'file',
  f: 'file',
  d: 'folder',
  l: 'link',
  e: 'link',
}

// A month is a word; a name in an encoding that is not ours is decoded into surrogates.
const MONTH = String.raw`(?=\S*[\p{L}\p{Cs}])[\p{L}\p{M}\p{N}\p{Cs}.]{2,14}`
const TIME = String.raw`\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?`
const YEAR = String.raw`\d{4}年?`
const DATES = [
  String.raw`${MONTH}\s+\d{1,2}[日.,]?\s+(?:${TIME}|${YEAR})`,
  String.raw`\d{1,2}\.?\s+${MONTH}\s+(?:${TIME}|${YEAR})`,
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s+${TIME}(?:\s[+-]\d{4})?`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\s+${TIME}`,
].join('|')
// Every repetition is bounded or cannot overlap with the next, so a long line costs no more than its length.
const LINE = new RegExp(
  String.raw`^[\s\d]*(?<kind>[bcdelfmpSs-])(?<mode>(?:[r-][w-][xsStTlL-]){2}[r-][w-][xsStTlL-]?)[+@.]?` +
    String.raw`\s*(?:\d+\s+)?(?:(?<who>\S+(?:\s+\S+){0,9}?)\s+)??` +
    String.raw`(?<size>\d+(?:,\s*\d+)?)\s+(?<date>${DATES})\s(?<name>[^]+)$`,
  'u',
)
