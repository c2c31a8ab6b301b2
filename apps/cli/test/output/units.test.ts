import { expect, it } from 'vitest'

import { bytesText, dateText, timeText } from '../../src/output/units.ts'

it('writes bytes, times and dates for people', () => {
  expect([0, 1023, 1024, 1536 * 1024, 5 * 1024 ** 4].map(bytesText)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 MiB',
    '5.0 TiB',
  ])
  expect([3.4, 1500, 300_000].map(timeText)).toEqual(['3 ms', '1.5 s', '5 min'])
  expect([0, undefined, Number.NaN].map(dateText)).toEqual(['1970-01-01 00:00', '', ''])
})
