import { expect, test } from 'vitest'

import { Chain } from '../src/chain.ts'

function valuesOf(chain: Chain<string>): string[] {
  const values: string[] = []
  for (let value = chain.shift(); value !== undefined; value = chain.shift()) values.push(value)
  return values
}

test.each([
  ['none', [], 'abcd'],
  ['the first', [0], 'bcd'],
  ['one in the middle', [1], 'acd'],
  ['the last', [3], 'abc'],
  ['neighbours', [1, 2], 'ad'],
  ['all, in any order', [2, 0, 3, 1], ''],
])('taking out %s leaves the others in their order', (_, taken, left) => {
  const chain = new Chain<string>()
  const links = ['a', 'b', 'c', 'd'].map((value) => chain.add(value))
  for (const index of taken) expect(chain.delete(links[index]!)).toBe(true)
  expect(chain.first?.value).toBe(left[0])
  expect(valuesOf(chain).join('')).toBe(left)
  expect(chain.first).toBeUndefined()
})

test('an entry that is out stays out, and takes no other with it', () => {
  const chain = new Chain<string>()
  const link = chain.add('a')
  expect(chain.shift()).toBe('a')
  chain.add('b')
  expect(chain.delete(link)).toBe(false)
  expect(valuesOf(chain)).toEqual(['b'])
  expect(chain.shift()).toBeUndefined()
})
