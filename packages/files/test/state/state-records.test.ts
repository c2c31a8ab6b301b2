import { expect, test } from 'vitest'

import { StateRecords } from '../../src/state/state-records.ts'
import { fileOf } from '../plan/planning.ts'

const { entry: source } = fileOf('a', { modified: 1000 })
const { entry: target } = fileOf('a', { modified: 5000 })
const exact = { source: 0, target: 0 }
const coarse = { source: 1, target: 1 }

test('a record speaks only while the target looks as it did', () => {
  const records = new StateRecords()
  expect(records.isUnchanged('a', source, target, exact)).toBeUndefined()
  records.set('a', source, target)
  expect(records.isChanged).toBe(true)
  expect(records.isUnchanged('a', source, target, exact)).toBe(true)
  expect(records.isUnchanged('a', { ...source, modified: 999 }, target, exact)).toBe(false)
  expect(records.isUnchanged('a', { ...source, modified: 999 }, target, coarse)).toBe(true)
  expect(records.isUnchanged('a', source, { ...target, size: 9 }, exact)).toBeUndefined()
  records.delete('a')
  expect([records.size, records.isUnchanged('a', source, target, exact)]).toEqual([0, undefined])
})

test('a time of the target that tells only its day looks as it did within that day', () => {
  const records = new StateRecords()
  records.set('a', source, { ...target, modified: 50_000_000 })
  const day = { ...target, modified: 0, modifiedGrain: 86_400_000 }
  expect(records.isUnchanged('a', source, day, exact)).toBe(true)
  expect(records.isUnchanged('a', source, { ...day, modified: -40_000_000 }, exact)).toBeUndefined()
})

test('files of several folders, in any order, each under its own name', () => {
  const records = new StateRecords()
  for (const path of ['in/a', 'b', 'in/ba', 'in/deep/a']) records.set(path, source, target)
  expect(records.isUnchanged('in/ba', source, target, exact)).toBe(true)
  records.set('in/a', target, target)
  records.delete('b')
  const unchanged = ['in/a', 'in/ba', 'b', 'in/b', 'in/deep/a'].map((path) =>
    records.isUnchanged(path, source, target, exact),
  )
  expect(unchanged).toEqual([false, true, undefined, undefined, true])
  expect([...records.folders()].map(([folder, { columns }]) => [folder, columns.names])).toEqual([
    ['in', ['a', 'ba']],
    ['', []],
    ['in/deep', ['a']],
  ])
})

test('a side without times is compared by size', () => {
  const { modified: _, ...timeless } = target
  const records = new StateRecords()
  records.set('a', source, timeless)
  expect(records.isUnchanged('a', source, timeless, exact)).toBe(true)
  expect(records.isUnchanged('a', source, target, exact)).toBeUndefined()
})
