import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'

import { localFiles, memoryFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { testFolder } from '../local/folder.ts'

test('[H-FTP-17] a folder of the target that is a link to outside is never written through', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await symlink(outside.path, folder.at('in'))
  await writeFile(outside.at('a'), 'untouched')
  await symlink(outside.at('a'), folder.at('file'))
  const from = memoryFiles({ contents: { 'in/a': 'new', file: 'new', fine: 'new' } })
  const running = mirror(from, localFiles(folder.path))
  await expect(running).rejects.toThrow(expect.objectContaining({ code: 'NET_PARTIAL_TRANSFER' }))
  expect(await readdir(outside.path)).toEqual(['a'])
  expect(await readFile(outside.at('a'), 'utf8')).toBe('untouched')
  await mirror(from, localFiles(folder.path), { delete: 'all' })
  expect(await readdir(outside.path)).toEqual(['a'])
  expect(await readFile(outside.at('a'), 'utf8')).toBe('untouched')
  expect(await readFile(folder.at('in', 'a'), 'utf8')).toBe('new')
})

test('[H-FTP-17] a link that is put in the place of a folder between two calls leads nowhere', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await writeFile(outside.at('old'), 'untouched')
  const names = Array.from({ length: 30 }, (_, index) => `file-${index}`)
  const from = memoryFiles({
    contents: Object.fromEntries(names.map((name) => [`in/${name}`, name])),
  })
  let swaps = 0
  const to = faultyFiles(localFiles(folder.path), {
    at: async ({ call, path }) => {
      if (!['write', 'rename', 'setModified', 'remove'].includes(call) || !path.startsWith('in/'))
        return
      // In turn: the folder, and a link to outside.
      if (swaps++ % 2 === 0) {
        await rename(folder.at('in'), folder.at('moved'))
        await symlink(outside.path, folder.at('in'))
      } else {
        await rm(folder.at('in'))
        await rename(folder.at('moved'), folder.at('in'))
      }
    },
  })
  await mirror(from, to, { concurrency: 1, retry: false }).catch(() => {})
  expect(swaps).toBeGreaterThan(20)
  expect(await readdir(outside.path)).toEqual(['old'])
})

test('links of the source that lead out of it are not followed, and not made', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await writeFile(outside.at('secret'), 'secret')
  await mkdir(folder.at('in'))
  await symlink(outside.at('secret'), folder.at('in', 'file'))
  await symlink(outside.path, folder.at('in', 'folder'))
  for (const symlinks of ['follow', 'keep', 'skip'] as const) {
    const to = memoryFiles()
    await mirror(localFiles(folder.path), to, { symlinks }).catch(() => {})
    const found = await Array.fromAsync(to.list('in'))
    expect(found).toEqual([])
  }
})
