import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { LinkedList, type Linked } from '../src/linked-list.ts'

class Member implements Linked<Member> {
  before: Member | undefined = undefined
  after: Member | undefined = undefined
  listed = false
}

describe('LinkedList', () => {
  test('is a set in the order of coming, whatever comes and goes', () => {
    const members = Array.from({ length: 6 }, () => new Member())
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(5))), (steps) => {
        const list = new LinkedList<Member>()
        const model = new Set<Member>()
        for (const [add, index] of steps) {
          const member = members[index] as Member
          if (!add) {
            list.delete(member)
            model.delete(member)
          } else if (!model.has(member)) {
            list.add(member)
            model.add(member)
          }
          expect([...list]).toEqual([...model])
          expect(list.size).toBe(model.size)
        }
        for (const member of model) list.delete(member)
      }),
    )
  })

  test('is gone through as it was, also if members leave meanwhile', () => {
    const list = new LinkedList<Member>()
    const members = Array.from({ length: 3 }, () => new Member())
    for (const member of members) list.add(member)
    const seen: Member[] = []
    for (const member of list) {
      seen.push(member)
      for (const other of members) list.delete(other)
    }
    expect(seen).toEqual(members)
    expect([...list]).toEqual([])
  })
})
