import { memoryFiles } from '@net/files'
import { contentsOf } from '@net/files/testing'
import { expect, test } from 'vitest'

test('contents have files, folders and links, below the folder that is asked for', async () => {
  const files = memoryFiles({ contents: { a: '1', 'b/c': '2' } })
  await files.symlink?.('../a', 'b/up')
  expect(await contentsOf(files)).toEqual({ a: '1', 'b/': '', 'b/c': '2', 'b/up': '-> ../a' })
  expect(await contentsOf(files, 'b')).toEqual({ 'b/c': '2', 'b/up': '-> ../a' })
})
