import { expect, test } from 'vitest'

import { StateRecords } from '../../src/state/state-records.ts'
import { fileOf } from '../plan/planning.ts'

const { entry: source } = fileOf('a', { modified: 1000 })
const { entry: target } = fileOf('a', { modified: 5000 })

test('a record speaks only while the target looks as it did', () => {
  const records = new StateRecords()
  expect(records.isUnchanged('a', source, target, 0)).toBeUndefined()
  records.set('a', source, target)
  expect(records.isChanged).toBe(true)
  expect(records.isUnchanged('a', source, target, 0)).toBe(true)
  expect(records.isUnchanged('a', { ...source, modified: 999 }, target, 0)).toBe(false)
  expect(records.isUnchanged('a', { ...source, modified: 999 }, target, 1)).toBe(true)
  expect(records.isUnchanged('a', source, { ...target, size: 9 }, 0)).toBeUndefined()
  records.delete('a')
  expect([records.size, records.isUnchanged('a', source, target, 0)]).toEqual([0, undefined])
})

test('a side without times is compared by size', () => {
  const { modified: _, ...timeless } = target
  const records = new StateRecords()
  records.set('a', source, timeless)
  expect(records.isUnchanged('a', source, timeless, 0)).toBe(true)
  expect(records.isUnchanged('a', source, target, 0)).toBeUndefined()
})
