import { expect, test } from 'vitest'

import { checkDeletes, removedBy } from '../../src/plan/delete-limit.ts'
import { planTree } from '../../src/plan/plan.ts'
import { partName } from '../../src/plan/part-name.ts'
import { fileOf, folderOf, inFolder, rulesWith } from './planning.ts'

const target = folderOf([fileOf('a'), fileOf('b'), fileOf('c'), fileOf('d')])

function steps(...kept: readonly string[]) {
  return planTree(folderOf(kept.map((name) => fileOf(name))), target, rulesWith({ deletes: true }))
}

test('half of a tree may go, and more only if it is told', () => {
  checkDeletes(steps('a', 'b'), 4, true)
  expect(() => checkDeletes(steps('a'), 4, true)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining("{ delete: 3 } or { delete: 'all' }") as string,
    }),
  )
  checkDeletes(steps('a'), 4, 3)
  expect(() => checkDeletes(steps('a'), 4, 2)).toThrow('would remove 3 of 4 entries, more than 2')
  checkDeletes(steps(), 4, 'all')
})

test('what has to go for another type counts, and parts do not', () => {
  const part = fileOf(partName('x', { ...fileOf('x').entry, size: 9 }, 255))
  const plan = planTree(
    folderOf([fileOf('x'), fileOf('in')]),
    folderOf([part, inFolder('in', [fileOf('a')])]),
    rulesWith({ deletes: true }),
  )
  expect(removedBy(plan)).toBe(2)
})
