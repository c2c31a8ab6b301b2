import { mkdir, readdir, writeFile } from 'node:fs/promises'

import type { RemoteEntry, RemoteFiles } from '@net/core'
import {
  localFiles,
  memoryFiles,
  mirror,
  type MemoryCapabilities,
  type TreeReport,
} from '@net/files'
import { expect, test } from 'vitest'

import { testFolder, type TestFolder } from '../local/folder.ts'
import { contentsOf } from '@net/files/testing'
import { hostileNames } from '@net/files/testing'

const { fine, leading, odd } = hostileNames

/** A peer that lists whatever it likes, each name as that type, and gives every file the same text. */
function peerWith(names: readonly string[], type: 'file' | 'folder'): RemoteFiles {
  return Object.assign(Object.create(memoryFiles()) as RemoteFiles, {
    name: 'hostile:',
    hash: undefined,
    async *list(path: string): AsyncGenerator<RemoteEntry> {
      if (path !== '') yield { name: 'inner', path: `${path}/inner`, type: 'file', size: 4 }
      else for (const name of names) yield { name, path: name, type, size: 4 }
    },
    stat: async (path: string): Promise<RemoteEntry> =>
      path === ''
        ? { name: '', path, type: 'folder' }
        : { name: path, path, type: 'file', size: 4 },
    async *read(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('text')
    },
    capabilities: () => memoryFiles().capabilities(),
  })
}

async function reportOf(running: Promise<TreeReport>): Promise<TreeReport> {
  return running.catch((error: unknown) => Reflect.get(error as Error, 'partial') as TreeReport)
}

/** A folder in a folder in a folder, so that what leads out of it is seen. */
async function nested(): Promise<
  TestFolder & { readonly root: string; outside(): Promise<readonly string[]> }
> {
  const folder = await testFolder()
  await mkdir(folder.at('a', 'b', 'root'), { recursive: true })
  await writeFile(folder.at('x'), 'untouched')
  return {
    ...folder,
    root: folder.at('a', 'b', 'root'),
    outside: async () =>
      (await readdir(folder.path, { recursive: true }))
        .filter((path) => !path.startsWith('a/b/root/'))
        .toSorted(),
  }
}

const total = leading.length + odd.length + fine.length

test('there are 60 names and more', () => {
  expect(total).toBeGreaterThanOrEqual(60)
})

test.each(['file', 'folder'] as const)(
  '[H-FTP-16] a local folder: nothing outside, each name told, the rest is there (%s)',
  async (type) => {
    await using folder = await nested()
    const peer = peerWith([...leading, ...odd, ...fine], type)
    const report = await reportOf(
      mirror(peer, localFiles(folder.root), { retry: false, delete: 'all' }),
    )
    const told = report.entries
      .filter(({ error }) => error?.code === 'NET_BAD_NAME')
      .map(({ path }) => path)
    expect(told.toSorted()).toEqual([...leading, ...odd].toSorted())
    expect((await readdir(folder.root)).toSorted()).toEqual([...fine].toSorted())
    expect(await folder.outside()).toEqual(['a', 'a/b', 'a/b/root', 'x'])
  },
)

const trees: readonly (readonly [name: string, can: MemoryCapabilities])[] = [
  ['as it is', {}],
  ['that forbids what Windows does', { forbidden: '\\:*?"<>|\r\n' }],
  [
    'that cannot rename, with letter case ignored',
    { rename: 'none', letterCase: 'ignored', writeOffsets: false },
  ],
  ['that changes accents', { unicodeForm: 'NFD' }],
]

test.each(trees)(
  '[H-FTP-16] memory %s: what leads elsewhere is told, and so is what the tree cannot have',
  async (_, can) => {
    const to = memoryFiles({ can })
    const peer = peerWith([...leading, ...odd, ...fine], 'file')
    const report = await reportOf(mirror(peer, to, { retry: false }))
    const told = new Set(
      report.entries.filter(({ error }) => error !== undefined).map(({ path }) => path),
    )
    expect(leading.filter((name) => !told.has(name))).toEqual([])
    const there = Object.keys(await contentsOf(to))
    expect(there.some((path) => path.includes('/'))).toBe(false)
    // Each is either there or told.
    const form = can.unicodeForm === 'NFD' ? 'NFD' : 'NFC'
    const missing = [...odd, ...fine].filter(
      (name) => !told.has(name) && !there.includes(name.normalize(form)) && !there.includes(name),
    )
    expect(missing).toEqual([])
  },
)

test('[H-FTP-16] with all names of this system a local folder still keeps everything inside', async () => {
  await using folder = await nested()
  const peer = peerWith([...leading, ...odd, ...fine], 'file')
  await reportOf(mirror(peer, localFiles(folder.root, { names: 'system' }), { retry: false }))
  expect(await folder.outside()).toEqual(['a', 'a/b', 'a/b/root', 'x'])
})

test('[H-FTP-16] of `A` and `a` in one folder of a target that does not tell them apart neither replaces the other', async () => {
  const to = memoryFiles({ can: { letterCase: 'ignored' }, contents: { a: 'old' } })
  const report = await reportOf(mirror(peerWith(['A', 'a', 'fine'], 'file'), to, { delete: 'all' }))
  expect(report).toMatchObject({ failed: 2, made: 1, removed: 0 })
  expect(await contentsOf(to)).toEqual({ a: 'old', fine: 'text' })
})
