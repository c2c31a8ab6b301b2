import { chown, open, stat, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import {
  checkWritable,
  endOfLinks,
  firstMode,
  hasSameReach,
  takeOver,
} from '../../src/data/replaced-file.ts'
import { temporaryFolder } from './folder.ts'

const root = process.getuid?.() === 0

test('links are followed to their end, and a value that is not a link is itself', async () => {
  await using folder = await temporaryFolder()
  await symlink('b', folder.at('a'))
  await symlink('c', folder.at('b'))
  expect(await endOfLinks(folder.at('a'))).toEqual({ path: folder.at('c'), found: undefined })
  await writeFile(folder.at('c'), 'three')
  const end = await endOfLinks(folder.at('a'))
  expect([end.path, end.found?.size]).toEqual([folder.at('c'), 5])
  expect((await endOfLinks(folder.at('none'))).path).toBe(folder.at('none'))
})

test('nothing is at a path where nothing is; a folder cannot be written', async () => {
  await using folder = await temporaryFolder()
  checkWritable(await endOfLinks(folder.at('none')))
  const end = await endOfLinks(folder.path)
  expect(() => checkWritable(end)).toThrow(
    expect.objectContaining({
      code: 'NET_LOCAL_IO',
      message: expect.stringContaining('is a folder'),
    }),
  )
})

test.skipIf(!root)('owner and group are taken over', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('old'), '', { mode: 0o640 })
  await chown(folder.at('old'), 1234, 5678)
  const old = await stat(folder.at('old'))
  await using file = await open(folder.at('new'), 'wx', firstMode(old))
  expect((await file.stat()).mode & 0o777).toBe(0o600)
  await takeOver(file, await file.stat(), old)
  const { uid, gid, mode } = await file.stat()
  expect([uid, gid, mode & 0o777]).toEqual([1234, 5678, 0o640])
})

test('permissions of the group are dropped if the group cannot be set', async () => {
  const asked: unknown[] = []
  const made = { uid: 1, gid: 1, mode: 0o100600 }
  const refused = {
    stat: async () => made,
    chown: async (uid: number, gid: number) => {
      asked.push([uid, gid])
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' })
    },
    chmod: async (mode: number) => void asked.push(mode.toString(8)),
  }
  await takeOver(refused as never, made, { uid: 2, gid: 2, mode: 0o100664 })
  expect(asked).toEqual([[2, 2], [1, 2], '644'])
})

test('a file of the same owner, group and permissions has the same reach', () => {
  const file = { uid: 1, gid: 2, mode: 0o100640 }
  expect(hasSameReach(file, { ...file })).toBe(true)
  for (const other of [{ uid: 3 }, { gid: 3 }, { mode: 0o100600 }]) {
    expect(hasSameReach(file, { ...file, ...other })).toBe(false)
  }
})
