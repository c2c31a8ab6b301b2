import { mkdtempDisposable, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { disk, makeLocalFolders } from '@net/core/authoring'
import { expect, test, vi } from 'vitest'

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

test('a folder that takes none fails the call, which asks for each folder by itself', async () => {
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  using mkdir = vi.spyOn(disk(), 'mkdir').mockRejectedValue(missing)
  await expect(makeLocalFolders(join(tmpdir(), 'none', 'deep'))).rejects.toThrow('ENOENT')
  // Each folder by a call of its own: the system's way of making all at once need not end.
  for (const [, options] of mkdir.mock.calls) expect(options).not.toMatchObject({ recursive: true })
})
