import { expect, test } from 'vitest'

import { MemberLease, PoolMember } from '../../src/pool/member.ts'

test('a lease returns its resource once, and ends when the pool takes the resource back', () => {
  const lent = new Set<PoolMember<string>>()
  const back: [string, boolean][] = []
  const owner = {
    lends: (member: PoolMember<string>) => lent.has(member),
    takeBack: (member: PoolMember<string>, good: boolean) => void back.push([member.value, good]),
  }
  const member = new PoolMember('a')
  lent.add(member)
  const lease = new MemberLease(owner, member)
  expect(lease.value).toBe('a')
  lease.discard()
  lease.release()
  expect(back).toEqual([['a', false]])
  expect(lease.held).toBe(false)
  const taken = new MemberLease(owner, member)
  lent.delete(member)
  expect(taken.held).toBe(false)
  expect(() => taken.value).toThrow(expect.objectContaining({ code: 'NET_NOT_HELD' }))
  taken.release()
  expect(back).toHaveLength(1)
})
