import type { RemoteEntry, RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { at, memoryFiles } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { Filter, type FilterOptions } from '../src/filter.ts'
import { scan } from '../src/scan.ts'
import { countIn, type ScannedFolder } from '../src/scanned.ts'

function scanned(
  files: RemoteFiles,
  filter: FilterOptions = {},
  follow = false,
): Promise<ScannedFolder> {
  const { signal } = new AbortController()
  return scan(at(files, ''), { filter: new Filter(filter), follow, calls: 2, signal })
}

/** Every path that was found, with the code of its refusal. */
function paths(folder: ScannedFolder, above = ''): readonly string[] {
  return [...folder.entries].flatMap(([name, { folder: inner, refused }]) => {
    const path = `${above}${name}`
    return [
      refused === undefined ? path : `${path} ${refused.code}`,
      ...(inner === undefined ? [] : paths(inner, `${path}/`)),
    ]
  })
}

const contents = { 'a.csv': '', 'in/b.csv': '', 'in/c.txt': '', 'empty/x.txt': '' }

test('finds everything, or what the filter shows, and remembers what it hides', async () => {
  const files = memoryFiles({ contents })
  const all = await scanned(files)
  expect(paths(all).toSorted()).toEqual([
    'a.csv',
    'empty',
    'empty/x.txt',
    'in',
    'in/b.csv',
    'in/c.txt',
  ])
  expect([countIn(all), all.hides]).toEqual([6, false])
  const some = await scanned(files, { include: ['*.csv'] })
  expect(paths(some).toSorted()).toEqual(['a.csv', 'in', 'in/b.csv'])
  expect([some.hides, [...some.hidden], [...(some.hollow?.keys() ?? [])]]).toEqual([
    true,
    [],
    ['empty'],
  ])
  const without = await scanned(files, { exclude: ['in/'] })
  expect([...without.hidden]).toEqual(['in'])
})

test('a folder that is excluded is never listed', async () => {
  const listed: string[] = []
  const files = faultyFiles(memoryFiles({ contents }), {
    at: ({ call, path }) => void (call === 'list' && listed.push(path)),
  })
  await scanned(files, { exclude: ['in/'] })
  expect(listed).not.toContain('in')
})

test('a folder that cannot be listed is told, and the rest is found', async () => {
  const files = faultyFiles(memoryFiles({ contents }), {
    at: ({ call, passed, path }) => {
      if (call === 'list' && path === 'in' && passed === 1)
        throw netError('NET_CONN_RESET', { message: 'reset' })
    },
  })
  const found = await scanned(files)
  expect(found.entries.get('in')?.folder).toMatchObject({ failure: { code: 'NET_CONN_RESET' } })
  expect(found.entries.get('in')?.folder?.entries.size).toBe(1)
  expect(found.entries.has('empty')).toBe(true)
})

test('[H-FTP-17] names that lead elsewhere are refused, and one that is listed twice', async () => {
  const inner = memoryFiles()
  const names = ['..', '.', '', 'a/b', '/abs', 'nul\0', 'twice', 'twice', 'fine']
  const hostile: RemoteFiles = Object.assign(Object.create(inner) as RemoteFiles, {
    async *list(): AsyncGenerator<RemoteEntry> {
      for (const name of names) yield { name, path: name, type: 'file', size: 1 }
    },
  })
  expect(paths(await scanned(hostile))).toEqual([
    ...['..', '.', '', 'a/b', '/abs', 'nul\0', 'twice'].map((name) => `${name} NET_BAD_NAME`),
    'fine',
  ])
})

test('links are told, or taken for what they lead to', async () => {
  const files = memoryFiles({ contents: { 'in/a': 'text', 'in/deep/b': '' } })
  for (const [path, target] of [
    ['file', 'in/a'],
    ['chain', 'file'],
    ['folder', 'in'],
    ['out', '../x'],
    ['gone', 'none'],
    ['in/deep/loop', '..'],
  ] as const) {
    await files.symlink(target, path)
  }
  const told = await scanned(files)
  expect(told.entries.get('file')?.entry.type).toBe('link')
  const followed = await scanned(files, {}, true)
  expect(followed.entries.get('chain')).toMatchObject({
    entry: { type: 'file', size: 4, name: 'chain' },
    from: 'in/a',
  })
  expect(followed.entries.get('folder')?.folder?.entries.get('a')).toMatchObject({ from: 'in/a' })
  expect(
    paths(followed)
      .filter((path) => path.includes('NET_'))
      .toSorted(),
  ).toEqual([
    'folder/deep/loop NET_BAD_NAME',
    'gone NET_NOT_FOUND',
    'in/deep/loop NET_BAD_NAME',
    'out NET_BAD_NAME',
  ])
})

test('an abort ends it', async () => {
  const controller = new AbortController()
  const files = faultyFiles(memoryFiles({ contents }), { at: () => controller.abort() })
  const { signal } = controller
  const scanning = scan(at(files, ''), { filter: new Filter({}), follow: false, calls: 1, signal })
  await expect(scanning).rejects.toThrow('aborted')
})
