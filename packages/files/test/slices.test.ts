import { writeFile } from 'node:fs/promises'

import { localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { slicesOf } from '../src/slices.ts'
import { testFolder } from './local/folder.ts'

test('a tree without slices is listed one by one', async () => {
  const slices = await Array.fromAsync(
    slicesOf(memoryFiles({ contents: { a: '', b: '' } }), '', {}),
  )
  expect(slices.map((slice) => slice.map(({ name }) => name))).toEqual([['a'], ['b']])
})

test('a local folder is listed in slices, with the errors of a listing', async () => {
  await using folder = await testFolder()
  for (const name of ['a', 'b']) await writeFile(folder.at(name), '')
  const files = localFiles(folder.path)
  const slices = await Array.fromAsync(slicesOf(files, '', {}))
  expect(slices.map((slice) => slice.map(({ name }) => name).toSorted())).toEqual([['a', 'b']])
  const missing = expect.objectContaining({ code: 'NET_NOT_FOUND', operation: 'list' })
  await expect(Array.fromAsync(slicesOf(files, 'none', {}))).rejects.toThrow(missing)
  const aborted = slicesOf(files, '', { signal: AbortSignal.abort() })
  await expect(Array.fromAsync(aborted)).rejects.toThrow(
    expect.objectContaining({ code: 'NET_ABORTED' }),
  )
})
