import { mkdtempDisposable, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { makeLocalFolders } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('a folder is made with those above it, and one that is there will do', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'folders-'))
  const at = (...names: readonly string[]): string => join(folder.path, ...names)
  await makeLocalFolders(at('a', 'b', 'c'))
  await makeLocalFolders(at('a', 'b', 'c'))
  expect((await stat(at('a', 'b', 'c'))).isDirectory()).toBe(true)
  await symlink(at('a'), at('link'))
  await makeLocalFolders(at('link'))
  await makeLocalFolders('/')
  await writeFile(at('file'), '')
  await expect(makeLocalFolders(at('file'))).rejects.toThrow('EEXIST')
  await expect(makeLocalFolders(at('file', 'a'))).rejects.toThrow('ENOTDIR')
})

test.skipIf(process.platform === 'win32')('the mode is for all that are made', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'folders-'))
  await makeLocalFolders(join(folder.path, 'a', 'b'), 0o700)
  for (const names of [['a'], ['a', 'b']])
    expect((await stat(join(folder.path, ...names))).mode & 0o777).toBe(0o700)
})

test.runIf(process.platform === 'linux')(
  'a folder that takes none fails the call, which does not go on for ever',
  async () => {
    await expect(makeLocalFolders('/proc/none/deep')).rejects.toThrow('ENOENT')
  },
)
