/*
 * The dates of incoming mail (RFC 5322, section 3.3, and 4.3 for those of old). The runtime would make a date of any words
 * with a number or a zone behind them.
 */

import { uncommented } from './header-fields.ts'

/** The date; undefined for what is none. One without a zone, or with one that nobody knows, is UTC. */
export function readDate(raw: string): Date | undefined {
  const { text } = uncommented(raw)
  const found = MAIL.exec(text)?.groups ?? C.exec(text)?.groups
  if (found !== undefined) return dateOf(found)
  const date = new Date(ISO.test(text) ? text : Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function dateOf(found: Readonly<Record<string, string | undefined>>): Date | undefined {
  const number = (name: string): number => Number(found[name] ?? 0)
  const month = MONTHS.indexOf((found['month'] ?? '').toLowerCase())
  const [day, hour, minute, second] = [
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
  ]
  const date = new Date(Date.UTC(yearOf(found['year'] ?? ''), month, day))
  // A leap second is the beginning of the next minute.
  const isTime = hour < 24 && minute < 60 && second <= 60
  if (month < 0 || date.getUTCDate() !== day || !isTime) return undefined
  const minutes = hour * 60 + minute - offsetOf(found['zone'] ?? '')
  return new Date(date.getTime() + (minutes * 60 + second) * 1000)
}

/** Two digits are of the years 1950 to 2049, and three count from 1900. */
function yearOf(digits: string): number {
  const year = Number(digits)
  if (digits.length > 3) return year
  return year + (digits.length === 2 && year < 50 ? 2000 : 1900)
}

/** In minutes. */
function offsetOf(zone: string): number {
  const [, sign, hours = '', minutes = ''] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? []
  if (sign === undefined) return (ZONES.get(zone.toUpperCase()) ?? 0) * 60
  const size = Number(hours) * 60 + Number(minutes)
  return sign === '-' ? -size : size
}

const MAIL =
  /^(?:[a-z]{2,9}\.?,?\s*)?(?<day>\d{1,2})[\s.-]+(?<month>[a-z]{3})[a-z]*[\s.-]+(?<year>\d{2,4}),?\s+(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d))?(?:\s*(?<zone>[+-]\d{4}|[a-z]{1,5}))?(?!\S)/i
/** As the function `ctime` of C writes it. */
const C =
  /^[a-z]{3},?\s+(?<month>[a-z]{3})\s+(?<day>\d{1,2})\s+(?<hour>\d{1,2}):(?<minute>\d\d):(?<second>\d\d)(?:\s+(?<zone>[a-z]{1,5}))?\s+(?<year>\d{4})(?!\S)/i
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/i
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Of North America; all others are UTC, as nobody can know them (RFC 5322, section 4.3). */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['EDT', -4],
  ['EST', -5],
  ['CDT', -5],
  ['CST', -6],
  ['MDT', -6],
  ['MST', -7],
  ['PDT', -7],
  ['PST', -8],
])
