import { expect, test } from 'vitest'
import { engineLines, exportedNames } from '../exported.ts'

const api = [
  "import { Dispatcher } from 'undici'",
  'declare class B {}',
  'export declare const codes: {};',
  'export interface G {}',
  'export type { H };',
  'export { type A, B, c as d, type E as F };',
].join('\n')

test('exported names are those that users write', () => {
  expect(exportedNames(api)).toEqual(['H', 'A', 'B', 'd', 'F', 'codes', 'G'])
})

test('a line with an engine shows', () => {
  expect(engineLines(api, ['undici', 'ssh2'])).toEqual(["import { Dispatcher } from 'undici'"])
})
