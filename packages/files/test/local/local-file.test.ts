import { readFile, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { DiskPace } from '../../src/local/disk-pace.ts'
import { copyOver, hashFile, readFile as chunksOf } from '../../src/local/local-file.ts'
import { testFolder } from './folder.ts'

test('reads a part, copies over a file, and hashes', async () => {
  await using folder = await testFolder()
  const [one, two] = ['one', 'two'].map((path) => ({ at: folder.at(path), path }))
  await writeFile(one!.at, '0123456789')
  await writeFile(two!.at, 'old and longer than the other')
  const chunks = await Array.fromAsync(chunksOf(one!, { start: 2, end: 5 }))
  expect(Buffer.concat(chunks).toString()).toBe('234')
  await copyOver(one!, two!, new DiskPace())
  expect(await readFile(two!.at, 'utf8')).toBe('0123456789')
  expect(await hashFile(two!, 'md5')).toBe('781e5e245d69b566979b86e28d23f2c7')
  await expect(copyOver(one!, { at: folder.path, path: 'in' }, new DiskPace())).rejects.toThrow(
    'it is a folder',
  )
})
