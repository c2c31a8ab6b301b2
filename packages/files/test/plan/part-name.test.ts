import { expect, test } from 'vitest'

import { ownerOfPart, ownPartName, ownPartNameOf, partName } from '../../src/plan/part-name.ts'
import { fileOf } from './planning.ts'

const { entry } = fileOf('a')

test('a part belongs to one version of its file', () => {
  const name = partName('report.csv', entry, 255)
  expect(name).toMatch(/^report\.csv\.net-[\da-f]{12}\.part$/)
  expect(partName('report.csv', entry, 255)).toBe(name)
  expect(partName('report.csv', { ...entry, size: 2 }, 255)).not.toBe(name)
  expect(partName('report.csv', { ...entry, modified: 2 }, 255)).not.toBe(name)
  expect(partName('report.txt', entry, 255)).not.toContain(name.slice(11, 22))
})

test('the name says whose it is, unless it would be too long', () => {
  expect(ownerOfPart(partName('a.b', entry, 255))).toBe('a.b')
  const long = partName('n'.repeat(250), entry, 255)
  expect(long.length).toBeLessThan(40)
  expect(ownerOfPart(long)).toBe('')
  expect(ownerOfPart(ownPartNameOf('a.b', 255))).toBe('a.b')
  expect(ownerOfPart(ownPartNameOf('n'.repeat(250), 255))).toBe('')
  expect(ownerOfPart(ownPartName())).toBe('')
  expect(ownPartNameOf('a', 255)).not.toBe(ownPartNameOf('a', 255))
  expect(ownerOfPart('movie.part')).toBeUndefined()
  expect(ownerOfPart('a.net-12.part')).toBeUndefined()
})
