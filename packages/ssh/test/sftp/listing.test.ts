import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`/many/${at}`, 'x']))

test('a large folder is asked for several times at once, and none of its entries is looked at', async () => {
  await using opened = await openedSftp({ files: many })
  const entries = await Array.fromAsync(opened.sftp.list('/many'))
  expect(entries).toHaveLength(1000)
  const requests = opened.requests()
  expect(requests.filter((line) => line.startsWith('LSTAT'))).toEqual([])
  expect(requests.filter((line) => line.startsWith('READDIR')).length).toBeLessThan(18)
  await opened.sftp.close()
  expect(opened.server.leftOpen).toBe(0)
})

test('other calls run while a folder is listed', async () => {
  await using opened = await openedSftp({ files: many })
  let seen = 0
  for await (const { path } of opened.sftp.list('/many')) {
    if ((seen += 1) % 100 === 0) expect(await opened.sftp.size(path)).toBe(1)
  }
  expect(seen).toBe(1000)
})

test('what is no folder, or none at all, is told', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp } = opened
  expect(
    await codesOf([Array.fromAsync(sftp.list('/a')), Array.fromAsync(sftp.list('/none'))]),
  ).toEqual(['NET_BAD_NAME', 'NET_NOT_FOUND'])
})

test('a listing that is cut short throws behind what came', async () => {
  await using opened = await openedSftp({ files: many })
  opened.server.fail({ on: 'READDIR', after: 3, times: 9, do: { status: 4 } })
  const seen: string[] = []
  const listing = async (): Promise<void> => {
    for await (const { name } of opened.sftp.list('/many')) seen.push(name)
  }
  expect(await failureOf(listing())).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  expect(seen.length).toBeGreaterThan(0)
})

test('an entry without a type is looked at, and stays unknown where that fails', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x', '/in/b/c': 'x', '/in/d': 'x' } })
  const { sftp, server } = opened
  server.files.tellNoTypes()
  server.fail({ on: 'LSTAT /in/d', do: { status: 4 } })
  const entries = await Array.fromAsync(sftp.list('/in'))
  expect(entries.map(({ name, type, raw }) => [name, type, raw])).toEqual([
    ['a', 'file', undefined],
    ['b', 'folder', undefined],
    ['d', 'other', 'unknown'],
  ])
})
