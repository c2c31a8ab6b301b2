/*
 * Runs of lines of `ls -l` that begin alike, as most of a long listing do: what stands before the size, and the date, are
 * compared with those of the line before and not read again.
 */

import type { FtpEntry } from '../entry.ts'
import type { ListedFile } from './listed-file.ts'

/** Reads lines that are like the last one that was noted. */
export class UnixRun {
  readonly #folder: string
  // Of that line, up to its group; empty where there is none.
  #start = ''
  #date = ''
  #file: Run | undefined

  /** `folder` is what stands before a name in its path. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Further lines may be like this one, which was read. */
  note(line: string, { name, type, size, mode, user, group }: ListedFile): void {
    this.#file = undefined
    if (size === undefined || mode === undefined || user === undefined || group === undefined)
      return
    const date = line.length - name.length - DATE
    const before = line.slice(0, date).trimEnd()
    const start = before.slice(0, before.length - String(size).length).trimEnd()
    const day = line.slice(date, date + DATE)
    // In another form the columns may be elsewhere.
    if (!start.endsWith(` ${group}`) || !START.test(start) || !DAY.test(day)) return
    this.#start = start
    this.#date = day
    this.#file = { type, mode, user, group }
  }

  /** The entry of the line that stands there in the text; undefined if the line is another one. */
  read(text: string, from: number, to: number): FtpEntry | undefined {
    const file = this.#file
    if (file === undefined || !text.startsWith(this.#start, from)) return undefined
    const begin = from + this.#start.length
    let at = begin
    while (text.charCodeAt(at) === SPACE) at += 1
    const digits = at
    let size = 0
    for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(at)) {
      size = size * 10 + code - ZERO
      at += 1
    }
    const isSize = digits > begin && at > digits && at - digits <= MOST_DIGITS
    if (!isSize || !text.startsWith(this.#date, at)) return undefined
    const start = at + DATE
    // `.` and `..` are none, and a path of z/OS is none of this folder.
    if (to - start < 3 || text.charCodeAt(start) === QUOTE) return undefined
    const name = text.slice(start, to)
    const { type, mode, user, group } = file
    return { name, path: this.#folder + name, type, size, mode, user, group }
  }
}

type Run = Required<Pick<ListedFile, 'type' | 'mode' | 'user' | 'group'>>

// The date with a blank before and behind it: ` Nov 30 12:00 `.
const DATE = 14
const DAY = /^ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d\d:\d\d| \d{4}) $/
const START =
  /^[d-][r-][w-][xsStT-][r-][w-][xsStT-][r-][w-][xsStT-][+@.]? +\d{1,9} +\S{1,60} +\S{1,60}$/
const MOST_DIGITS = 15
const SPACE = 0x20
const QUOTE = 0x27
const ZERO = 0x30
const NINE = 0x39
