import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { makeSmall, readSmall } from '../../src/local/small-file.ts'
import { testFolder } from './folder.ts'

test('a file is made with its mode and its time, and read back', async () => {
  await using folder = await testFolder()
  const made = makeSmall(folder.at('a'), Buffer.from('text'), { mode: 0o666, modified: 1_000_500 })
  expect(made).toMatchObject({ size: 4, mtimeMs: 1_000_500 })
  expect((await stat(folder.at('a'))).mode & 0o777).toBe(0o666)
  const memory = Buffer.alloc(10)
  const read = readSmall({ at: folder.at('a'), path: 'a' }, memory, 4)
  expect(read).toMatchObject({ size: 4, found: { size: 4, mtimeMs: 1_000_500 } })
  expect(memory.subarray(0, 4).toString()).toBe('text')
})

test('what is larger than the memory is not read to its end', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('a'), '0123456789')
  expect(readSmall({ at: folder.at('a'), path: 'a' }, Buffer.alloc(4), 10).size).toBe(4)
})

test('nothing is read but files, and nothing is made where something is', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('in'))
  await writeFile(folder.at('a'), 'old')
  await symlink('a', folder.at('link'))
  await symlink('new', folder.at('nowhere'))
  const memory = Buffer.alloc(10)
  const device = { at: '/dev/null', path: 'null' }
  expect(() => readSmall(device, memory, 1)).toThrow('not a regular file')
  expect(() => readSmall({ at: folder.at('in'), path: 'in' }, memory, 1)).toThrow('EISDIR')
  expect(() => readSmall({ at: folder.at('link'), path: 'link' }, memory, 1)).toThrow('ELOOP')
  const dress = { mode: 0o600, modified: undefined }
  for (const name of ['a', 'in', 'link', 'nowhere']) {
    expect(makeSmall(folder.at(name), Buffer.from('new'), dress)).toBeUndefined()
  }
  expect(await readFile(folder.at('a'), 'utf8')).toBe('old')
  expect((await readdir(folder.path)).toSorted()).toEqual(['a', 'in', 'link', 'nowhere'])
})
