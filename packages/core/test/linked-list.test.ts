import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { Link, LinkedList, type Linked } from '../src/linked-list.ts'

class Member implements Linked<Member> {
  before: Member | undefined = undefined
  after: Member | undefined = undefined
  listed = false
}

describe('LinkedList', () => {
  test('is a set in the order of insertion', () => {
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

  test.each([
    ['none', [], 'abcd'],
    ['the first', [0], 'bcd'],
    ['one in the middle', [1], 'acd'],
    ['the last', [3], 'abc'],
    ['neighbours', [1, 2], 'ad'],
    ['all, in any order', [2, 0, 3, 1], ''],
  ])('taking out %s leaves the others in their order', (_, taken, left) => {
    const list = new LinkedList<Link<string>>()
    const links = ['a', 'b', 'c', 'd'].map((value) => list.add(new Link(value)))
    for (const index of taken) expect(list.delete(links[index]!)).toBe(true)
    expect(list.first?.value).toBe(left[0])
    expect([...list].map(({ value }) => value).join('')).toBe(left)
    for (const value of left) expect(list.shift()?.value).toBe(value)
    expect(list.shift()).toBeUndefined()
    expect(list.size).toBe(0)
  })

  test('a member that is off the list stays off, and takes no other with it', () => {
    const list = new LinkedList<Link<string>>()
    const link = list.add(new Link('a'))
    expect(list.shift()).toBe(link)
    list.add(new Link('b'))
    expect(list.delete(link)).toBe(false)
    expect([...list].map(({ value }) => value)).toEqual(['b'])
  })
})
