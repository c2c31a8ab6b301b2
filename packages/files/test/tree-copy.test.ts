import { operation } from '@net/core/authoring'
import { at, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { TreeCopy, type TreeCopyRun } from '../src/tree-copy.ts'
import { contentsOf } from './tree-contents.ts'

function run(given: Omit<TreeCopyRun, 'isFile'> & { isFile?: boolean }) {
  const spec = { protocol: 'files', operation: 'test', kind: 'transfer' } as const
  return operation(spec, {}, (op) => new TreeCopy({ isFile: false, ...given }, op).run())
}

test('a dry run makes no change, not even a folder', async () => {
  const source = at(memoryFiles({ contents: { 'in/a': 'x' } }), '')
  const to = memoryFiles()
  const report = await run({ source, target: at(to, 'new'), options: { dryRun: true } })
  expect(report).toMatchObject({ made: 2, dryRun: true, transferred: 0 })
  expect(await contentsOf(to)).toEqual({})
})

test('a state within the target is no part of the mirror', async () => {
  const source = at(memoryFiles({ contents: { a: 'x', b: 'y' } }), '')
  const to = memoryFiles({ contents: { 'in/old': '' } })
  const options = { delete: 'all', state: at(to, 'in/.state') } as const
  await run({ source, target: at(to, 'in'), options })
  expect(await run({ source, target: at(to, 'in'), options })).toMatchObject({
    kept: 2,
    removed: 0,
    made: 0,
  })
  expect(Object.keys(await contentsOf(to)).toSorted()).toEqual(['in/', 'in/.state', 'in/a', 'in/b'])
})

test('one file goes from path to path', async () => {
  const [from, to] = [memoryFiles({ contents: { 'in/a': 'x' } }), memoryFiles()]
  await run({ source: at(from, 'in/a'), target: at(to, 'b'), options: {}, isFile: true })
  expect(await contentsOf(to)).toEqual({ b: 'x' })
})
