import { EarlierFailures } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('the latest 100 are kept, in their order, and all are counted', () => {
  const failures = new EarlierFailures<Error>()
  const all = Array.from({ length: 450 }, (_, at) => new Error(`${at + 1}`))
  for (const [at, failure] of all.entries()) {
    failures.add(failure)
    expect(failures.before(undefined)).toEqual(all.slice(Math.max(0, at - 99), at + 1))
  }
  expect(failures.count).toBe(450)
})

test('an error that was thrown twice is not before itself', () => {
  const failures = new EarlierFailures<Error>()
  const same = new Error('same')
  const other = new Error('other')
  for (const failure of [same, other, same]) failures.add(failure)
  expect(failures.before(same)).toEqual([other])
})
