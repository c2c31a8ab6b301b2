import { expect, test } from 'vitest'

import { randomart } from '../../src/keys/randomart.ts'

test('a picture of 17 by 9 with where the bishop began and ended', () => {
  const rows = randomart(Buffer.from('a key'), 'ED25519 256').split('\n')
  expect(rows[0]).toBe('+--[ED25519 256]--+')
  expect(rows.at(-1)).toBe('+----[SHA256]-----+')
  expect(rows).toHaveLength(11)
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([19]))
  const drawn = rows.slice(1, -1).join('')
  expect([drawn.split('S').length, drawn.split('E').length]).toEqual([2, 2])
})
