import { chown, open, stat, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { endOfLinks, fileAt, firstMode, takeOver } from '../../src/data/replaced-file.ts'
import { temporaryFolder } from './folder.ts'

const root = process.getuid?.() === 0

test('links are followed to their end, and a value that is not a link is itself', async () => {
  await using folder = await temporaryFolder()
  await symlink('b', folder.at('a'))
  await symlink('c', folder.at('b'))
  expect(await endOfLinks(folder.at('a'))).toBe(folder.at('c'))
  expect(await endOfLinks(folder.at('none'))).toBe(folder.at('none'))
})

test('nothing is at a path where nothing is; a folder cannot be written', async () => {
  await using folder = await temporaryFolder()
  expect(await fileAt(folder.at('none'))).toBeUndefined()
  await expect(fileAt(folder.path)).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    message: expect.stringContaining('is a folder'),
  })
})

test.skipIf(!root)('owner and group are taken over', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('old'), '', { mode: 0o640 })
  await chown(folder.at('old'), 1234, 5678)
  const old = await stat(folder.at('old'))
  await using file = await open(folder.at('new'), 'wx', firstMode(old))
  expect((await file.stat()).mode & 0o777).toBe(0o600)
  await takeOver(file, old)
  const { uid, gid, mode } = await file.stat()
  expect([uid, gid, mode & 0o777]).toEqual([1234, 5678, 0o640])
})

test('permissions of the group are dropped if the group cannot be set', async () => {
  const asked: unknown[] = []
  const refused = {
    stat: async () => ({ uid: 1, gid: 1, mode: 0o100600 }),
    chown: async (uid: number, gid: number) => {
      asked.push([uid, gid])
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' })
    },
    chmod: async (mode: number) => void asked.push(mode.toString(8)),
  }
  await takeOver(refused as never, { uid: 2, gid: 2, mode: 0o100664 } as never)
  expect(asked).toEqual([[2, 2], [1, 2], '644'])
})
