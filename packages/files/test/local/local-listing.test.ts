import { symlink, writeFile } from 'node:fs/promises'

import { DiskPace } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { entriesOf, entryAt } from '../../src/local/local-listing.ts'
import { testFolder } from './folder.ts'

test.each([false, true])('lists a folder of many files, in the background: %s', async (isSlow) => {
  await using folder = await testFolder()
  const names = Array.from({ length: 300 }, (_, index) => `file-${index}`)
  await Promise.all(names.map((name) => writeFile(folder.at(name), name)))
  await symlink('file-0', folder.at('link'))
  const pace = new DiskPace()
  if (isSlow) for (let call = 0; call < 3; call++) pace.took(1000)
  const slices = await Array.fromAsync(entriesOf(folder.path, 'in', pace))
  const entries = slices.flat().toSorted((a, b) => (a.path < b.path ? -1 : 1))
  expect(entries.map(({ name }) => name)).toEqual([...names, 'link'].toSorted())
  expect(entries.at(-1)).toMatchObject({ path: 'in/link', type: 'link', target: 'file-0' })
  expect(entries[0]).toMatchObject({ path: 'in/file-0', type: 'file', size: 6 })
})

test('tells of one entry', async () => {
  await using folder = await testFolder()
  expect(await entryAt(folder.path, 'in', 'in')).toMatchObject({
    path: 'in',
    name: 'in',
    type: 'folder',
  })
})
