import { constants, readFileSync } from 'node:fs'
import { open, readFile, rename, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { handlePath, hasHandles, withHandle } from '../../src/local/handle-path.ts'
import { testFolder } from './folder.ts'

test('the work is done on what was there, whatever takes its place meanwhile', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('file'), 'own')
  await writeFile(folder.at('other'), 'other')
  const read = await withHandle(folder.at('file'), constants.O_RDONLY, async (at) => {
    await rename(folder.at('file'), folder.at('moved'))
    await symlink(folder.at('other'), folder.at('file'))
    return readFile(at, 'utf8')
  })
  expect(read).toBe(hasHandles() ? 'own' : 'other')
})

test('a handle has a path where the system has such paths', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('file'), 'own')
  await using handle = await open(folder.at('file'))
  const found = hasHandles() ? readFileSync(handlePath(handle.fd), 'utf8') : 'own'
  expect([hasHandles(), found]).toEqual([process.platform === 'linux', 'own'])
})
