import { mkdir, writeFile } from 'node:fs/promises'

import { operation } from '@net/core/authoring'
import { at, localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { TreeCopy, type TreeCopyRun } from '../src/tree-copy.ts'
import { testFolder } from './local/folder.ts'
import { contentsOf } from '@net/files/testing'

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

test.each(['in/.state', 'in/meta/.state'])(
  'a state within one of the trees by another root, %s, is no part of the mirror',
  async (path) => {
    await using folder = await testFolder()
    await mkdir(folder.at('from'))
    await mkdir(folder.at('in', 'meta'), { recursive: true })
    await writeFile(folder.at('from', 'a'), 'x')
    const files = localFiles(folder.path)
    const state = at(files, path)
    const [source, target] = ['from', 'in'].map((name) => at(localFiles(folder.at(name)), ''))
    for (let runs = 0; runs < 3; runs++)
      await run({ source: source!, target: target!, options: { delete: 'all', state } })
    expect((await files.stat(path)).type).toBe('file')
    // As a part of the source it is not copied.
    await run({ source: target!, target: at(files, 'copy'), options: { state } })
    await run({ source: target!, target: at(files, 'copy'), options: { state } })
    await expect(files.stat(path.replace('in', 'copy'))).rejects.toMatchObject({
      code: 'NET_NOT_FOUND',
    })
  },
)

test('one file goes from path to path', async () => {
  const [from, to] = [memoryFiles({ contents: { 'in/a': 'x' } }), memoryFiles()]
  await run({ source: at(from, 'in/a'), target: at(to, 'b'), options: {}, isFile: true })
  expect(await contentsOf(to)).toEqual({ b: 'x' })
})
