import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { parseListing } from '../../src/listing/entries.ts'
import { ListedDates } from '../../src/listing/listed-dates.ts'
import { timeZoneOf, type TimeZone } from '../../src/time-zone.ts'

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]
const berlin = timeZoneOf('Europe/Berlin') as TimeZone
const at = (text: string): number => Date.parse(text)

test.each([
  // As ProFTPD writes it with `TimesGMT off`: each file by the offset of its own date.
  ['Jul 15  2025', at('2025-07-14T22:00Z'), DAY],
  ['Nov 15  2025', at('2025-11-14T23:00Z'), DAY],
  ['Jul  4 12:00', at('2026-07-04T10:00Z'), MINUTE],
  ['Mar 29 01:59', at('2026-03-29T00:59Z'), MINUTE],
  ['Mar 29 03:00', at('2026-03-29T01:00Z'), MINUTE],
  ['Oct 24 12:00', at('2025-10-24T10:00Z'), MINUTE],
  ['Dec 31 23:59', at('2025-12-31T22:59Z'), MINUTE],
  ['2025-11-15 12:00', at('2025-11-15T11:00Z'), MINUTE],
  ['2025-07-15 12:00:01.000000000', at('2025-07-15T10:00:01Z'), 1000],
  ['2025-07-15 12:00:01 -0500', at('2025-07-15T17:00:01Z'), 1000],
  ['07-15-25  12:05AM', at('2025-07-14T22:05Z'), MINUTE],
  ['11-15-2025  01:05PM', at('2025-11-15T12:05Z'), MINUTE],
])('%s is read by the zone of the server', async (text, modified, modifiedGrain) => {
  using clock = useFakeClock()
  await clock.advance(at('2026-07-20T00:00Z') - clock.date())
  const dates = new ListedDates({ zone: berlin, known: 'stated' })
  const expected = { modified, modifiedGrain, modifiedFrom: 'LIST', modifiedZone: 'stated' }
  expect(dates.read(text)).toEqual(expected)
})

test.each(['Mai 15  2025', 'Feb 30  2025', 'Nov 31 10:00', '15.11.2025 10:00', '15-11-25 10:00AM'])(
  'of %s no time is made',
  (text) => {
    expect(new ListedDates({ zone: berlin, known: 'stated' }).read(text)).toEqual({})
  },
)

test('a date of tomorrow is of this year, also on the last day of it', async () => {
  using clock = useFakeClock()
  const read = (text: string): number | undefined =>
    new ListedDates({ zone: berlin, known: 'stated' }).read(text).modified
  // It is 1 January, 01:00, in Berlin.
  expect(read('Jan  1 02:00')).toBe(at('2026-01-01T01:00Z'))
  expect(read('Dec 31 02:00')).toBe(at('2025-12-31T01:00Z'))
  await clock.advance(365 * DAY - 2 * HOUR)
  expect(read('Jan  1 00:30')).toBe(at('2026-12-31T23:30Z'))
})

test('lines that are like the one before have the time of their own date, and without a zone none', async () => {
  const lines = [
    '-rw-r--r-- 1 joe staff 1 Jul 15  2025 a',
    '-rw-r--r-- 1 joe staff 2 Jul 15  2025 b',
    '-rw-r--r-- 1 joe staff 3 Nov 15  2025 c',
    '-rw-r--r-- 1 joe staff 4 15. Nov 2025 d',
    '-rw-r--r-- 1 joe staff 5 15. Nov 2025 e',
  ]
  const listing = Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
  const plan = { folder: '.', format: 'people', encoding: 'utf8' } as const
  const dates = new ListedDates({ zone: berlin, known: 'stated' })
  const { entries } = await parseListing(listing, { ...plan, dates })
  const [july, november] = [at('2025-07-14T22:00Z'), at('2025-11-14T23:00Z')]
  const times = entries.map(({ modified }) => modified)
  expect(times).toEqual([july, july, november, undefined, undefined])
  const plain = await parseListing(listing, plan)
  expect(plain.entries.every((entry) => !('modified' in entry))).toBe(true)
})
