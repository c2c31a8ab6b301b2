import { expect, test } from 'vitest'

import { countIn } from '../src/scanned.ts'
import { fileOf, folderOf, inFolder } from './plan/planning.ts'

test('counts entries at all depths', () => {
  expect(countIn(undefined)).toBe(0)
  expect(
    countIn(folderOf([fileOf('a'), inFolder('in', [fileOf('b'), inFolder('deep', [])])])),
  ).toBe(4)
})
