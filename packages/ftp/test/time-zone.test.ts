import { expect, test } from 'vitest'

import { fixedZone, timeIn, timeZoneOf, type TimeZone } from '../src/time-zone.ts'

const HOUR = 3_600_000

function zone(text: string): TimeZone {
  const found = timeZoneOf(text)
  if (found === undefined) throw new Error(`${text} is no zone`)
  return found
}

test.each([
  ['UTC', 0, 0],
  ['Europe/Berlin', 1, 2],
  ['America/St_Johns', -3.5, -2.5],
  ['Asia/Kathmandu', 5.75, 5.75],
  ['Australia/Lord_Howe', 11, 10.5],
  ['+05:45', 5.75, 5.75],
  ['-0330', -3.5, -3.5],
])('clocks of %s are %f hours ahead in January, and %f in July', (text, january, july) => {
  expect(zone(text).aheadAt(Date.UTC(2026, 0, 15))).toBe(january * HOUR)
  expect(zone(text).aheadAt(Date.UTC(2026, 6, 15))).toBe(july * HOUR)
})

test.each(['', 'Berlin', 'Europe/Nowhere', '+15:00', '+1:00', '2', '+01:60'])(
  '%j is no zone',
  (text) => {
    expect(timeZoneOf(text)).toBeUndefined()
  },
)

test.each(['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', '-03:30'])(
  'what the clocks of %s show in any hour of a year is that hour',
  (text) => {
    const clocks = zone(text)
    for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2027, 0, 1); time += HOUR / 2) {
      const shown = time + clocks.aheadAt(time)
      const read = timeIn(clocks, shown)
      expect(read + clocks.aheadAt(read)).toBe(shown)
      // Of an hour that comes twice, the first one.
      expect(time - read === 0 || time - read === HOUR || time - read === HOUR / 2).toBe(true)
    }
  },
)

test('an hour that clocks leave out is read by the offset before it', () => {
  // 02:30 on the day on which 02:00 becomes 03:00.
  const shown = Date.UTC(2026, 2, 29, 2, 30)
  expect(timeIn(zone('Europe/Berlin'), shown)).toBe(Date.UTC(2026, 2, 29, 1, 30))
  expect(timeIn(fixedZone(HOUR), shown)).toBe(shown - HOUR)
})
