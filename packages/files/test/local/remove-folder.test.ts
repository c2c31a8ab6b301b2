import { renameSync, symlinkSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { hasHandles } from '../../src/local/handle-path.ts'
import { removeFolder } from '../../src/local/remove-folder.ts'
import { testFolder } from './folder.ts'

test('a folder goes with everything in it, and nothing through a link', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await writeFile(outside.at('file'), 'x')
  await mkdir(folder.at('a', 'b'), { recursive: true })
  await writeFile(folder.at('a', 'b', 'file'), 'x')
  await writeFile(Buffer.concat([Buffer.from(folder.at('a', 'b', 'x')), Buffer.of(0xff)]), 'x')
  await symlink(outside.path, folder.at('a', 'link'))
  await removeFolder(new AbortController(), folder.at('a'))
  expect(await readdir(folder.path)).toEqual([])
  expect(await readdir(outside.path)).toEqual(['file'])
})

test('an abort ends it, and nothing more is removed', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('a'))
  for (let number = 0; number < 100; number++) await writeFile(folder.at('a', `${number}`), '')
  let looks = 0
  const stopping = {
    get signal() {
      return ++looks > 10 ? AbortSignal.abort() : new AbortController().signal
    },
  }
  await expect(removeFolder(stopping, folder.at('a'))).rejects.toThrow('aborted')
  expect(await readdir(folder.at('a'))).toHaveLength(90)
})

test.runIf(hasHandles())(
  '[H-FTP-17] a link that is put in the place of a folder while it is removed leads nowhere',
  async () => {
    await using outside = await testFolder()
    await using folder = await testFolder()
    await writeFile(outside.at('file'), 'x')
    await mkdir(folder.at('a', 'b'), { recursive: true })
    await writeFile(folder.at('a', 'b', 'file'), 'x')
    let looks = 0
    const swapping = {
      get signal() {
        // The first look is behind the listing of `a`.
        if (++looks === 1) {
          renameSync(folder.at('a', 'b'), folder.at('moved'))
          symlinkSync(outside.path, folder.at('a', 'b'))
        }
        return new AbortController().signal
      },
    }
    await expect(removeFolder(swapping, folder.at('a'))).rejects.toThrow('ENOTDIR')
    expect(await readdir(outside.path)).toEqual(['file'])
    expect(await readdir(folder.at('moved'))).toEqual(['file'])
  },
)
