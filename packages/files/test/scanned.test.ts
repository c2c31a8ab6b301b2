import { expect, test } from 'vitest'

import { countIn, settledIn } from '../src/scanned.ts'
import { fileOf, folderOf, inFolder } from './plan/planning.ts'

test('counts entries at all depths', () => {
  expect(countIn(undefined)).toBe(0)
  expect(
    countIn(folderOf([fileOf('a'), inFolder('in', [fileOf('b'), inFolder('deep', [])])])),
  ).toBe(4)
})

test('counts what was settled, at all depths', () => {
  const deep = { ...folderOf([fileOf('b')]), settled: 2 }
  const folder = {
    ...folderOf([fileOf('a'), { entry: { name: 'in', path: 'in', type: 'folder' }, folder: deep }]),
    settled: 3,
  }
  expect([settledIn(folder), countIn(folder)]).toEqual([5, 8])
})
