import { hostileNames } from '@net/files/testing'
import { expect, test } from 'vitest'

test('there are more than sixty names, each of one kind only', () => {
  const all = Object.values(hostileNames).flat()
  expect(all.length).toBeGreaterThan(60)
  expect(new Set(all).size).toBe(all.length)
})
