import { stat, symlink, writeFile } from 'node:fs/promises'

import { localFiles } from '@net/files'
import { expect, test } from 'vitest'

import { makeFolders } from '../../src/local/make-folders.ts'
import { testFolder } from './folder.ts'

test('a folder is made with those above it, and one that is there will do', async () => {
  await using folder = await testFolder()
  await makeFolders(folder.at('a', 'b', 'c'))
  await makeFolders(folder.at('a', 'b', 'c'))
  expect((await stat(folder.at('a', 'b', 'c'))).isDirectory()).toBe(true)
  await symlink(folder.at('a'), folder.at('link'))
  await makeFolders(folder.at('link'))
  await makeFolders('/')
  await writeFile(folder.at('file'), '')
  await expect(makeFolders(folder.at('file'))).rejects.toThrow('EEXIST')
  await expect(makeFolders(folder.at('file', 'a'))).rejects.toThrow('ENOTDIR')
})

test.runIf(process.platform === 'linux')(
  'a folder that takes none fails the call, which does not go on for ever',
  async () => {
    await expect(makeFolders('/proc/none/deep')).rejects.toThrow('ENOENT')
    const files = localFiles('/proc')
    await expect(files.mkdir('none/deep', { recursive: true })).rejects.toMatchObject({
      code: 'NET_NOT_FOUND',
    })
  },
)
