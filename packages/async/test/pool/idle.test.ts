import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { IdleMembers } from '../../src/pool/idle.ts'
import { PoolMember } from '../../src/pool/member.ts'

test('ends what lies idle for too long or is too old, by one timer, and lends the newest', async () => {
  using clock = useFakeClock()
  const over: string[] = []
  const members = new IdleMembers<string>({
    idle: 100,
    maxAge: 150,
    expired: ({ value }) => void over.push(value),
  })
  members.add(new PoolMember('a'))
  const late = new PoolMember('late')
  await clock.advance(60)
  members.add(new PoolMember('b'))
  members.add(late)
  expect(clock.timers).toBe(1)
  expect(members.take()?.value).toBe('late')
  await clock.advance(40)
  expect(over).toEqual(['a'])
  expect(members.size).toBe(1)
  // Its age ends it before its idleness would.
  members.add(late)
  await clock.advance(50)
  expect(over).toEqual(['a', 'late'])
  await clock.advance(10)
  expect(over).toEqual(['a', 'late', 'b'])
  expect(clock.timers).toBe(0)
})

test('gives all of them up at once', () => {
  using clock = useFakeClock()
  const members = new IdleMembers<number>({ idle: 100, maxAge: Infinity, expired: () => {} })
  members.add(new PoolMember(1))
  members.add(new PoolMember(2))
  expect(members.takeAll().map(({ value }) => value)).toEqual([1, 2])
  expect(members.take()).toBeUndefined()
  expect(clock.timers).toBe(0)
})
