import { mkdtempDisposable, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { localFiles, memoryFiles, mirror } from '@net/files'
import { expect, test } from 'vitest'

import { contentsOf } from './tree-contents.ts'

test('one file goes from memory to a folder and back', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'files-'))
  const from = memoryFiles({ contents: { 'in/report.csv': 'a,b\n1,2\n' } })
  const local = localFiles(join(folder.path, 'new', 'copy'))
  const report = await mirror(from, local)
  expect(report).toMatchObject({ made: 2, failed: 0, transferred: 8 })
  const path = join(folder.path, 'new', 'copy', 'in', 'report.csv')
  expect(await readFile(path, 'utf8')).toBe('a,b\n1,2\n')
  const { modified } = await from.stat('in/report.csv')
  expect((await stat(path)).mtimeMs).toBeCloseTo(modified ?? NaN, 0)
  const back = memoryFiles()
  await mirror(local, back)
  expect(await contentsOf(back)).toEqual({ 'in/': '', 'in/report.csv': 'a,b\n1,2\n' })
  expect(await mirror(from, local)).toMatchObject({ kept: 2, made: 0, replaced: 0, entries: [] })
})

test('what differs is replaced, what is missing is made, and what is too much goes only with delete', async () => {
  const from = memoryFiles({ contents: { same: '1', other: 'new text', added: '2' } })
  const to = memoryFiles({ contents: { same: '1', other: 'old', gone: '3' } })
  await mirror(from, to)
  expect(await contentsOf(to)).toEqual({ same: '1', other: 'new text', added: '2', gone: '3' })
  const report = await mirror(from, to, { delete: true })
  expect(report).toMatchObject({ removed: 1, made: 0, replaced: 0 })
  expect(await contentsOf(to)).toEqual({ same: '1', other: 'new text', added: '2' })
})
