import { expect, test } from 'vitest'

import { FolderRecords } from '../../src/state/folder-records.ts'
import { fileOf } from '../plan/planning.ts'

const { entry: one } = fileOf('one', { size: 1, modified: 1000 })
const { entry: two } = fileOf('two', { size: 2, modified: 2000 })

test('a record is found by its name, changed and removed', () => {
  const records = new FolderRecords()
  for (const name of ['a', 'b', 'c']) records.set(name, one, two)
  expect(records.isUnchanged('b', one, two, 0)).toBe(true)
  records.set('b', two, two)
  expect(records.isUnchanged('b', one, two, 0)).toBe(false)
  expect(records.delete('a')).toBe(true)
  expect(records.delete('a')).toBe(false)
  expect(records.isUnchanged('a', one, two, 0)).toBeUndefined()
  expect(records.isUnchanged('b', two, two, 0)).toBe(true)
  expect(records.isUnchanged('c', one, two, 0)).toBe(true)
  expect(records.delete('b')).toBe(true)
  expect(records.delete('c')).toBe(true)
  expect([records.size, records.columns]).toEqual([0, { names: [], source: [], target: [] }])
})

test('sizes and times are compared within the grain; what is not told must not be told now', () => {
  const records = new FolderRecords()
  const { modified: _, ...timeless } = two
  records.set('a', one, timeless)
  expect(records.isUnchanged('a', { ...one, modified: 1001 }, timeless, 0)).toBe(false)
  expect(records.isUnchanged('a', { ...one, modified: 1001 }, timeless, 1)).toBe(true)
  expect(records.isUnchanged('a', { ...one, size: 3 }, timeless, 1)).toBe(false)
  expect(records.isUnchanged('a', one, two, 0)).toBeUndefined()
})
