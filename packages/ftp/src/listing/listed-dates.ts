/*
 * The dates of LIST, which have no time zone: they are read by the zone of the server, where that is known. Only forms are
 * read whose days and months cannot be mistaken for each other.
 */

import { clock } from '@net/core/authoring'

import type { FtpEntry } from '../entry.ts'
import type { ServerClock } from '../session-times.ts'
import { timeIn } from '../time-zone.ts'

/** The time of an entry, and how it is known. */
export type ListedTime = Pick<
  FtpEntry,
  'modified' | 'modifiedFrom' | 'modifiedGrain' | 'modifiedZone'
>

/** Reads the dates of one listing. */
export class ListedDates {
  readonly #clock: ServerClock
  /** Where the server's clock stands, as if that were UTC. */
  readonly #now: number
  #last = ''
  #time: ListedTime = NONE

  constructor(known: ServerClock) {
    this.#clock = known
    const now = clock().date()
    this.#now = now + known.zone.aheadAt(now)
  }

  /** What a date such as `Nov 30 12:00` says; nothing where there is none, or of a form that we do not read. */
  read(text = ''): ListedTime {
    if (text === this.#last) return this.#time
    const shown = this.#month(text) ?? this.#digits(text) ?? dosDate(text)
    this.#last = text
    this.#time = shown === undefined ? NONE : this.#timeOf(shown)
    return this.#time
  }

  #timeOf({ at, grain, ahead }: Shown): ListedTime {
    const { zone, known } = this.#clock
    const modified = ahead === undefined ? timeIn(zone, at) : at - ahead
    return {
      modified,
      modifiedFrom: 'LIST',
      modifiedGrain: grain,
      modifiedZone: ahead === undefined ? known : 'stated',
    }
  }

  /** `Nov 30 12:00`, of the last months, or `Nov 30  2025`. */
  #month(text: string): Shown | undefined {
    const [, name = '', day = '', hour, minute, year] = MONTH.exec(text) ?? []
    const month = MONTHS.indexOf(name)
    if (month < 0) return undefined
    if (year !== undefined) return shownAt([Number(year), month, Number(day)], DAY)
    const clockTime = [Number(hour), Number(minute)]
    const thisYear = new Date(this.#now).getUTCFullYear()
    // Of a file that the server's clock has from tomorrow, the year is this one as well.
    for (const each of [thisYear + 1, thisYear, thisYear - 1]) {
      const shown = shownAt([each, month, Number(day), ...clockTime], MINUTE)
      if (shown !== undefined && shown.at <= this.#now + DAY) return shown
    }
    return undefined
  }

  /** `2025-11-30 12:00`, with seconds and a zone or without. */
  #digits(text: string): Shown | undefined {
    const { year, month, day, hour, minute, second, sign, hours, minutes } =
      DIGITS.exec(text)?.groups ?? {}
    if (year === undefined) return undefined
    const parts = [year, Number(month) - 1, day, hour, minute, second ?? 0].map(Number)
    const shown = shownAt(parts, second === undefined ? MINUTE : SECOND)
    if (shown === undefined || sign === undefined) return shown
    const ahead = (Number(hours) * 60 + Number(minutes)) * MINUTE
    return { ...shown, ahead: sign === '-' ? -ahead : ahead }
  }
}

/** `11-30-25  12:00PM`, as IIS writes it. */
function dosDate(text: string): Shown | undefined {
  const { month, day, year = '', hour, minute, half } = DOS.exec(text)?.groups ?? {}
  if (half === undefined) return undefined
  const hours = (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)
  const whole = Number(year) + (year.length === 4 ? 0 : 2000)
  return shownAt([whole, Number(month) - 1, Number(day), hours, Number(minute)], MINUTE)
}

/** Undefined for a date that does not exist, such as 30 February. */
function shownAt(parts: readonly number[], grain: number): Shown | undefined {
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = parts
  const at = Date.UTC(year, month, day, hour, minute, second)
  const date = new Date(at)
  const isDate = date.getUTCDate() === day && date.getUTCMonth() === month
  return isDate && hour < 24 && minute < 60 && second < 60 ? { at, grain } : undefined
}

interface Shown {
  /** What the server's clock showed, as if that were UTC. */
  readonly at: number
  readonly grain: number
  /** How far that clock is ahead of UTC, where the date itself says so. */
  readonly ahead?: number
}

const NONE: ListedTime = {}
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = /^([A-Z][a-z]{2})\s+(\d{1,2})\s+(?:(\d{1,2}):(\d\d)|(\d{4}))$/
const DIGITS =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)\s+(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?(?:\s(?<sign>[+-])(?<hours>\d\d)(?<minutes>\d\d))?$/
const DOS =
  /^(?<month>\d\d)-(?<day>\d\d)-(?<year>\d{2}|\d{4})\s+(?<hour>\d{1,2}):(?<minute>\d\d)\s?(?<half>[AP])M?$/i
