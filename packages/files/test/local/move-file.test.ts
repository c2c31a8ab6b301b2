import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import type { FilePlace } from '../../src/local/file-place.ts'
import { moveFile } from '../../src/local/move-file.ts'
import { testFolder, type TestFolder } from './folder.ts'

function placeIn(folder: TestFolder, path: string): FilePlace {
  return { at: folder.at(path), path }
}

test('a file, a folder and a link get another name', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('a'), 'text')
  await mkdir(folder.at('in'))
  await symlink('nowhere', folder.at('link'))
  for (const name of ['a', 'in', 'link']) {
    await moveFile(placeIn(folder, name), placeIn(folder, `new-${name}`))
  }
  expect((await readdir(folder.path)).toSorted()).toEqual(['new-a', 'new-in', 'new-link'])
  expect(await readFile(folder.at('new-a'), 'utf8')).toBe('text')
})

test('nothing is replaced', async () => {
  await using folder = await testFolder()
  for (const name of ['a', 'b']) await writeFile(folder.at(name), name)
  await mkdir(folder.at('in'))
  await expect(moveFile(placeIn(folder, 'a'), placeIn(folder, 'b'))).rejects.toMatchObject({
    code: 'EEXIST',
  })
  await expect(moveFile(placeIn(folder, 'in'), placeIn(folder, 'b'))).rejects.toMatchObject({
    code: 'NET_EXISTS',
  })
  expect(await readFile(folder.at('b'), 'utf8')).toBe('b')
})
