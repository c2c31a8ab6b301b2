import { expect, test } from 'vitest'
import { compare, hasNoCode } from '../compare.ts'

test('both directions are checked; index and type-only files are exempt', () => {
  const sources = new Map([
    ['index.ts', "export { a } from './a.ts'"],
    ['a.ts', 'export const a = 1'],
    ['engine/b.ts', 'export const b = 1'],
    ['types.ts', "import type { X } from './x.ts'\n/** doc */\nexport interface A { x: X }"],
  ])
  expect(compare(sources, ['a.test.ts', 'gone.test.ts', 'hostile/drip.test.ts'])).toEqual([
    'src/engine/b.ts has no test/engine/b.test.ts',
    'test/gone.test.ts has no source of that name',
  ])
})

test('types and re-exports need no test, a constant does', () => {
  expect(hasNoCode('export type A = 1\n// a comment\n')).toBe(true)
  expect(hasNoCode('export const a: number = 1')).toBe(false)
  expect(hasNoCode("export { a } from './a.ts'\nexport {\n  b,\n  c,\n} from './b.ts'")).toBe(true)
  expect(hasNoCode("export type { A } from './a.ts'")).toBe(true)
})
