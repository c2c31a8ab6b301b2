import { expect, test } from 'vitest'

import { FolderRecords } from '../../src/state/folder-records.ts'
import { fileOf } from '../plan/planning.ts'

const { entry: one } = fileOf('one', { size: 1, modified: 1000 })
const { entry: two } = fileOf('two', { size: 2, modified: 2000 })
const exact = { source: 0, target: 0 }
const coarse = { source: 1, target: 1 }

test('a record is found by its name, changed and removed', () => {
  const records = new FolderRecords()
  for (const name of ['a', 'b', 'c']) records.set(name, one, two)
  expect(records.isUnchanged('b', one, two, exact)).toBe(true)
  records.set('b', two, two)
  expect(records.isUnchanged('b', one, two, exact)).toBe(false)
  expect(records.delete('a')).toBe(true)
  expect(records.delete('a')).toBe(false)
  expect(records.isUnchanged('a', one, two, exact)).toBeUndefined()
  expect(records.isUnchanged('b', two, two, exact)).toBe(true)
  expect(records.isUnchanged('c', one, two, exact)).toBe(true)
  expect(records.delete('b')).toBe(true)
  expect(records.delete('c')).toBe(true)
  expect([records.size, records.columns]).toEqual([0, { names: [], source: [], target: [] }])
})

test('records are found in the order in which they came, and in any other', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const records = new FolderRecords()
  for (const [at, name] of names.entries()) records.set(name, { ...one, size: at }, two)
  const found = (name: string): number => {
    const sizes = names.map((_, at) => at)
    return sizes.findIndex((size) => records.isUnchanged(name, { ...one, size }, two, exact))
  }
  for (const order of [names, names.toReversed(), ['c', 'd', 'x', 'e', 'a', 'a', 'b']]) {
    expect(order.map((name) => found(name))).toEqual(order.map((name) => names.indexOf(name)))
  }
  expect(['a', 'b'].map((name) => found(name))).toEqual([0, 1])
  // The last one takes the place of the one that is gone, which was the next to be looked for.
  records.delete('c')
  expect(['c', 'd', 'e', 'a'].map((name) => found(name))).toEqual([-1, 3, 4, 0])
  records.rest()
  expect(['e', 'a'].map((name) => found(name))).toEqual([4, 0])
})

test('sizes and times are compared within the grain; what is not told must not be told now', () => {
  const records = new FolderRecords()
  const { modified: _, ...timeless } = two
  records.set('a', one, timeless)
  expect(records.isUnchanged('a', { ...one, modified: 1001 }, timeless, exact)).toBe(false)
  expect(records.isUnchanged('a', { ...one, modified: 1001 }, timeless, coarse)).toBe(true)
  expect(records.isUnchanged('a', { ...one, size: 3 }, timeless, coarse)).toBe(false)
  expect(records.isUnchanged('a', one, two, exact)).toBeUndefined()
})

test('a change of the source is seen, though the target shows no times as near as that', () => {
  const records = new FolderRecords()
  records.set('a', one, two)
  const grains = { source: 1, target: 60_000 }
  expect(records.isUnchanged('a', one, { ...two, modified: 1 }, grains)).toBe(true)
  expect(records.isUnchanged('a', { ...one, modified: 1500 }, two, grains)).toBe(false)
})
