import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'

import { localFiles } from '@net/files'
import { expect, test } from 'vitest'

import { smallFilesOf, type SmallFiles } from '../../src/small-files.ts'
import { testFolder } from './folder.ts'

function smallIn(path: string): Required<SmallFiles> {
  return smallFilesOf(localFiles(path)) as Required<SmallFiles>
}

const plain = { mode: undefined, modified: undefined }

test('a file is written with its time and mode, and read with what it is', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('in'))
  const small = smallIn(folder.path)
  const wanted = { mode: 0o640, modified: 1_000_000 }
  const made = await small.write('in/a', Buffer.from('text'), wanted)
  const entry = { name: 'a', path: 'in/a', type: 'file', size: 4, modified: 1_000_000 }
  expect(made).toMatchObject(entry)
  expect((await stat(folder.at('in/a'))).mode & 0o777).toBe(0o640)
  const read = await small.read('in/a', 4, {})
  expect(read?.entry).toMatchObject({ ...entry, mode: 0o640 })
  expect(Buffer.from(read!.bytes).toString()).toBe('text')
})

test('a file that has grown shows it', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('a'), 'longer than it was')
  const read = await smallIn(folder.path).read('a', 4, {})
  expect([read?.bytes.length, read?.entry.size]).toEqual([5, 18])
})

test('nothing that is there is replaced, and no link is followed', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('outside'))
  await mkdir(folder.at('tree'))
  await writeFile(folder.at('tree/a'), 'old')
  await symlink(folder.at('outside'), folder.at('tree/link'))
  const small = smallIn(folder.at('tree'))
  expect(await small.write('a', Buffer.from('new'), plain)).toBeUndefined()
  await expect(small.write('link/b', Buffer.from('new'), plain)).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
  await expect(small.write('../b', Buffer.from('new'), plain)).rejects.toMatchObject({
    code: 'NET_BAD_NAME',
  })
  expect(await readFile(folder.at('tree/a'), 'utf8')).toBe('old')
  expect(await readdir(folder.at('outside'))).toEqual([])
})

test('what is missing is told with its path, and an aborted call does nothing', async () => {
  await using folder = await testFolder()
  const small = smallIn(folder.path)
  await expect(small.read('a', 4, {})).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  const aborted = { ...plain, signal: AbortSignal.abort() }
  await expect(small.write('a', Buffer.from('x'), aborted)).rejects.toThrow()
  expect(await readdir(folder.path)).toEqual([])
})
