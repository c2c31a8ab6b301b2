/*
 * Runs of lines of `ls -l` that begin alike, as most of a long listing do: what stands before the size, and the date, are
 * compared with those of the line before and not read again.
 */

import type { FtpEntry } from '../entry.ts'
import { isAsciiLine } from '../wire-text.ts'
import type { ListedDates } from './listed-dates.ts'
import type { ListedFile } from './listed-file.ts'

/** Reads lines that are like the last one that was noted. */
export class UnixRun {
  readonly #folder: string
  readonly #dates: ListedDates | undefined
  // Of that line, up to its group; empty where there is none.
  #start = ''
  #date = ''
  #alike: Alike | undefined
  #odd = new OddLetters('')

  /** `folder` is what stands before a name in its path. Without `dates` the dates of the lines are not read. */
  constructor(folder: string, dates?: ListedDates) {
    this.#folder = folder
    this.#dates = dates
  }

  /** Further lines may be like this one, which was read. */
  note(line: string, { name, type, size, mode, user, group }: ListedFile): void {
    this.#alike = undefined
    if (size === undefined || mode === undefined || user === undefined || group === undefined)
      return
    const date = line.length - name.length - DATE
    const before = line.slice(0, date).trimEnd()
    const start = before.slice(0, before.length - String(size).length).trimEnd()
    const day = line.slice(date, date + DATE)
    // In another form the columns may be elsewhere.
    if (!start.endsWith(` ${group}`) || !START.test(start) || !DAY.test(day)) return
    this.#start = ownText(start)
    this.#date = ownText(day)
    const time = this.#dates?.read(day.slice(1, -1))
    this.#alike = { name: '', path: '', type, size: 0, mode, user, group, ...time }
  }

  /** Adds the entries of the lines from there on that are like it; gives the place of the first one that is not. */
  read(text: string, from: number, entries: FtpEntry[]): number {
    const alike = this.#alike
    if (alike === undefined) return from
    const start = this.#start
    const odd = this.#odd.of(text) ?? (this.#odd = new OddLetters(text))
    let at = from
    while (text.startsWith(start, at)) {
      const digits = blanksEnd(text, at + start.length)
      const date = digitsEnd(text, digits)
      const nameAt = date + DATE
      const end = text.indexOf('\n', nameAt)
      const last = text.charCodeAt(end - 1) === CR ? end - 1 : end
      const isLike =
        digits > at + start.length && date > digits && text.startsWith(this.#date, date)
      if (!isLike || !isPlainName(text, nameAt, last) || odd.isIn(nameAt, last)) break
      const name = text.slice(nameAt, last)
      // A copy that is filled in costs V8 less than two objects that are joined.
      const entry = { ...alike }
      entry.name = name
      entry.path = this.#folder + name
      entry.size = numberAt(text, digits, date)
      entries.push(entry)
      at = end + 1
    }
    return at
  }
}

/** The same text in memory of its own: to compare with a part of a longer text costs V8 three times as much. */
function ownText(text: string): string {
  return isAsciiLine(text) ? Buffer.from(text, 'latin1').toString('latin1') : text
}

/** Letters that no name has: they are looked for once in the whole text, where there is none. */
class OddLetters {
  readonly #text: string
  #slash: number
  #nul: number

  constructor(text: string) {
    this.#text = text
    this.#slash = nextOf(text, '/', 0)
    this.#nul = nextOf(text, '\0', 0)
  }

  /** Itself, if they are of this text. */
  of(text: string): OddLetters | undefined {
    return this.#text === text ? this : undefined
  }

  isIn(from: number, to: number): boolean {
    const text = this.#text
    if (this.#slash < from) this.#slash = nextOf(text, '/', from)
    if (this.#nul < from) this.#nul = nextOf(text, '\0', from)
    return this.#slash < to || this.#nul < to || nextOf(text, '\r', from) < to
  }
}

function nextOf(text: string, letter: string, from: number): number {
  const at = text.indexOf(letter, from)
  return at < 0 ? Infinity : at
}

function blanksEnd(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === SPACE) at += 1
  return at
}

/** At most so many that the number is exact. */
function digitsEnd(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(at))
    at += 1
  return at - from > MOST_DIGITS ? from : at
}

function numberAt(text: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) number = number * 10 + text.charCodeAt(at) - ZERO
  return number
}

/** `.` and `..` are no entries, and a path of z/OS is none of this folder. */
function isPlainName(text: string, from: number, to: number): boolean {
  return to - from > 2 && to - from < LONGEST_NAME && text.charCodeAt(from) !== QUOTE
}

/** An entry of the run, but for its name and size. */
type Alike = { -readonly [K in keyof FtpEntry]: FtpEntry[K] }

// The date with a blank before and behind it: ` Nov 30 12:00 `.
const DATE = 14
const DAY = /^ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d\d:\d\d| \d{4}) $/
const START =
  /^[d-][r-][w-][xsStT-][r-][w-][xsStT-][r-][w-][xsStT-][+@.]? +\d{1,9} +\S{1,60} +\S{1,60}$/
const MOST_DIGITS = 15
const LONGEST_NAME = 4096
const CR = 0x0d
const SPACE = 0x20
const QUOTE = 0x27
const ZERO = 0x30
const NINE = 0x39
