import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'

import type { RemoteEntry } from '@net/core'
import { localFiles } from '@net/files'
import { expect, test } from 'vitest'

import { roadBetween, type CarriedFile, type ShortRoad } from '../../src/short-road.ts'
import { testFolder, type TestFolder } from './folder.ts'

/** A road from the folder `from` to the folder `to`, and how a file of it is carried. */
async function roadIn(folder: TestFolder): Promise<{
  readonly road: ShortRoad
  carried(path: string, more?: Partial<CarriedFile>): Promise<RemoteEntry | undefined>
}> {
  for (const name of ['from', 'to']) await mkdir(folder.at(name, 'in'), { recursive: true })
  const from = localFiles(folder.at('from'))
  const road = roadBetween(from, localFiles(folder.at('to')))!
  return {
    road,
    async carried(path, more = {}) {
      const places = { from: path, to: path, part: `${path}.part` }
      const source = more.source ?? (await from.stat(path))
      return road.carry({ ...places, mode: undefined, modified: 1000, ...more, source })
    },
  }
}

test('a small file arrives with its mode and its time, over what was there', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  await writeFile(folder.at('from/in/a'), 'new')
  await writeFile(folder.at('to/in/a'), 'old and longer')
  await chmod(folder.at('from/in/a'), 0o640)
  const entry = { name: 'a', path: 'in/a', type: 'file', size: 3, modified: 1000 }
  expect(await carried('in/a')).toMatchObject(entry)
  expect(await readFile(folder.at('to/in/a'), 'utf8')).toBe('new')
  expect((await stat(folder.at('to/in/a'))).mode & 0o777).toBe(0o640)
  await carried('in/a', { mode: 0o604 })
  expect((await stat(folder.at('to/in/a'))).mode & 0o777).toBe(0o604)
  expect(await readdir(folder.at('to/in'))).toEqual(['a'])
})

test('what is large, or has a part already, goes the long way', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  await writeFile(folder.at('from/large'), Buffer.alloc(300_000))
  await writeFile(folder.at('from/a'), 'text')
  await writeFile(folder.at('to/a.part'), 'of an earlier run')
  expect(await carried('large')).toBeUndefined()
  expect(await carried('a')).toBeUndefined()
  expect((await readdir(folder.at('to'))).toSorted()).toEqual(['a.part', 'in'])
})

test('[H-FTP-14] a file that is another one by now is told, and nothing stays behind', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  await writeFile(folder.at('from/a'), 'text')
  const source = await localFiles(folder.at('from')).stat('a')
  for (const other of [{ size: 3 }, { size: 5 }, { modified: 1 }]) {
    await expect(carried('a', { source: { ...source, ...other } })).rejects.toThrow(
      'a was changed while it was read',
    )
  }
  expect(await readdir(folder.at('to'))).toEqual(['in'])
})

test('a target that cannot be replaced, and a source that is gone, are errors with their paths', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  await writeFile(folder.at('from/a'), 'text')
  await mkdir(folder.at('to/a'))
  await expect(carried('a')).rejects.toThrow('a: it is a folder')
  const source = await localFiles(folder.at('from')).stat('a')
  await rm(folder.at('from/a'))
  await expect(carried('a', { source, to: 'b' })).rejects.toThrow('a: there is no such file')
  await expect(carried('none/a', { source })).rejects.toThrow('there is no such file')
  await expect(carried('a', { source, to: 'in/nul' })).rejects.toThrow('is not allowed')
  expect((await readdir(folder.at('to'))).toSorted()).toEqual(['a', 'in'])
})

test('[H-FTP-17] a link that takes the place of a folder between two files leads nowhere', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  await mkdir(folder.at('outside'))
  for (const name of ['a', 'b']) await writeFile(folder.at('from/in', name), 'text')
  await carried('in/a')
  await rename(folder.at('to/in'), folder.at('to/moved'))
  await symlink(folder.at('outside'), folder.at('to/in'))
  // Held open it goes where the folder went; where folders cannot be held, the link is refused.
  await carried('in/b').catch(() => {})
  expect(await readdir(folder.at('outside'))).toEqual([])
})

test('nothing stays open behind its end', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  const open = async (): Promise<readonly string[]> => {
    const handles = await readdir('/proc/self/fd').catch(() => [])
    const paths = await Promise.all(
      handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    return paths.filter((path) => path.startsWith(folder.path))
  }
  await writeFile(folder.at('from/in/a'), 'text')
  await carried('in/a')
  if (process.platform === 'linux') expect(await open()).toHaveLength(2)
  await road[Symbol.asyncDispose]()
  expect(await open()).toEqual([])
})

test('a folder of the target in whose place another one is put gets nothing more', async () => {
  await using folder = await testFolder()
  const { carried, road } = await roadIn(folder)
  await using _ = road
  for (const name of ['a', 'b', 'c']) await writeFile(folder.at('from/in', name), name)
  await carried('in/a')
  await rename(folder.at('to/in'), folder.at('to/moved'))
  await mkdir(folder.at('to/in'))
  await carried('in/b')
  await carried('in/c')
  expect((await readdir(folder.at('to/in'))).toSorted()).toEqual(['b', 'c'])
  expect(await readdir(folder.at('to/moved'))).toEqual(['a'])
})
