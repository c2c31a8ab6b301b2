import { expect, test } from 'vitest'

import type { SftpEntry } from '../../src/sftp/entry.ts'
import { namePattern } from '../../src/sftp/name-pattern.ts'
import { globFolders, walkFolders } from '../../src/sftp/walk.ts'

const tree: Readonly<Record<string, readonly string[]>> = {
  '.': ['a/', 'b.csv'],
  a: ['c/', 'd.csv'],
  'a/c': ['e.csv'],
}

async function* list(folder: string): AsyncGenerator<SftpEntry> {
  for (const each of tree[folder] ?? []) {
    const name = each.replace('/', '')
    const path = folder === '.' ? name : `${folder}/${name}`
    yield { name, path, type: each.endsWith('/') ? 'folder' : 'file' }
  }
}

test('a folder comes before what is in it', async () => {
  expect(await Array.fromAsync(walkFolders('.', list), ({ path }) => path)).toEqual([
    'a',
    'b.csv',
    'a/c',
    'a/d.csv',
    'a/c/e.csv',
  ])
})

test('a pattern lists only the folders that it needs', async () => {
  const asked: string[] = []
  const counted = (folder: string): AsyncIterable<SftpEntry> => {
    asked.push(folder)
    return list(folder)
  }
  const found = globFolders(namePattern('a/*.csv'), counted)
  expect(await Array.fromAsync(found, ({ path }) => path)).toEqual(['a/d.csv'])
  expect(asked).toEqual(['a'])
  const all = globFolders(namePattern('**/*.csv'), list)
  expect(await Array.fromAsync(all, ({ path }) => path)).toEqual(['b.csv', 'a/d.csv', 'a/c/e.csv'])
})

test('a folder may hold any number of folders', async () => {
  const names = Array.from({ length: 200_000 }, (_, index) => `${index}`)
  const many = async function* many(folder: string): AsyncGenerator<SftpEntry> {
    if (folder === '.') for (const name of names) yield { name, path: name, type: 'folder' }
    else yield { name: 'end', path: `${folder}/end`, type: 'file' }
  }
  let first: string | undefined
  for await (const { path, type } of walkFolders('.', many)) {
    if (type === 'folder') continue
    first = path
    break
  }
  expect(first).toBe('0/end')
})
