import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'

import type { RemoteEntry, RemoteFiles } from '@net/core'
import { SMALL_FILES } from '@net/core/authoring'
import { localFiles, memoryFiles, mirror, type MirrorOptions } from '@net/files'
import { expect, test } from 'vitest'

import { copySmall, type SmallCopy } from '../../src/run/small-copy.ts'
import type { RouteParts } from '../../src/run/route.ts'
import { MOST_OF_TINY, type SmallFiles } from '../../src/small-files.ts'
import { testFolder } from '../local/folder.ts'
import { contentsOf } from '@net/files/testing'
import { onRoute } from './route-of.ts'

/** A tree elsewhere that knows small files, with what was asked of it. */
function elsewhere(
  contents: Readonly<Record<string, string>> = {},
  changed: Partial<SmallFiles> = {},
): { readonly files: RemoteFiles; readonly asked: string[] } {
  const files = memoryFiles({ contents, can: { hashes: [] } })
  Reflect.deleteProperty(files, 'copyWithin')
  const asked: string[] = []
  const small: SmallFiles = {
    most: 1000,
    async read(path) {
      asked.push(`read ${path}`)
      const chunks = await Array.fromAsync(files.read(path))
      return { bytes: Buffer.concat(chunks), entry: await files.stat(path) }
    },
    async write(path, bytes, { mode, modified }) {
      asked.push(`write ${path.replace(/\.net-.*/, '')} ${mode} ${modified}`)
      await files.write(path, Uint8Array.from(bytes))
      if (modified !== undefined) await files.setModified(path, modified)
      if (mode !== undefined) await files.setMode(path, mode)
      return files.stat(path)
    },
    ...changed,
  }
  Object.defineProperty(files, SMALL_FILES, { value: small })
  return { files, asked }
}

async function copied(
  from: RemoteFiles,
  to: RemoteFiles,
  more: Partial<SmallCopy> = {},
  parts: Partial<RouteParts> = {},
): Promise<RemoteEntry | undefined> {
  const source = await from.stat('a')
  const copy = { from: 'a', part: 'a.part', source, mode: undefined, modified: 5000, ...more }
  return onRoute(from, to, async (route, op) => (await copySmall(route, op, copy))?.target, parts)
}

test('a file goes as a whole to the tree that knows small files, by the verbs of the other', async () => {
  const { files, asked } = elsewhere()
  const from = memoryFiles({ contents: { a: 'text' } })
  expect(await copied(from, files)).toMatchObject({ size: 4, modified: 5000 })
  expect(asked).toEqual(['write a.part undefined 5000'])
  expect(await contentsOf(files)).toEqual({ 'a.part': 'text' })
})

test('and comes from one, with its time by the verbs of the other', async () => {
  const { files, asked } = elsewhere({ a: 'text' })
  const to = memoryFiles()
  expect(await copied(files, to)).toMatchObject({ size: 4 })
  expect(asked).toEqual(['read a'])
  expect(await to.stat('a.part')).toMatchObject({ size: 4, modified: 5000 })
})

test('what is large, hashed, or private on a target without this way, goes the long way', async () => {
  const { files, asked } = elsewhere({ a: 'x'.repeat(2000) })
  expect(await copied(files, memoryFiles())).toBeUndefined()
  const small = elsewhere({ a: 'text' })
  small.files.hash = async () => ''
  const fromCan = { ...(await small.files.capabilities()), hashes: ['sha256'] }
  const hashed = { verify: 'hash', fromCan } as const
  expect(await copied(small.files, memoryFiles(), {}, hashed)).toBeUndefined()
  expect(await copied(small.files, memoryFiles(), { mode: 0o600 })).toBeUndefined()
  expect([asked, small.asked]).toEqual([[], ['read a']])
})

test('[H-FTP-14] a source that is another one by now is told before a byte is written', async () => {
  const { files, asked } = elsewhere()
  const from = memoryFiles({ contents: { a: 'text' } })
  const source = await from.stat('a')
  for (const other of [{ size: 3 }, { size: 5 }, { modified: 1 }]) {
    await expect(copied(from, files, { source: { ...source, ...other } })).rejects.toThrow(
      'a was changed while it was read',
    )
  }
  expect(asked).toEqual([])
})

test('a copy of another size is told, and one without a size goes the long way', async () => {
  const from = memoryFiles({ contents: { a: 'text' } })
  const entry = { name: 'a', path: 'a', type: 'file' } as const
  const short = elsewhere({}, { write: async () => ({ ...entry, size: 3 }) })
  await expect(copied(from, short.files)).rejects.toMatchObject({ code: 'NET_SIZE_MISMATCH' })
  const silent = elsewhere({}, { write: async () => entry })
  expect(await copied(from, silent.files)).toBeUndefined()
})

test('a mirror up and down ends equal, under no name but its own', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('from/in'), { recursive: true })
  const names = Array.from({ length: 20 }, (_, at) => `in/${at}`)
  for (const name of names) await writeFile(folder.at('from', name), name)
  await writeFile(folder.at('from/large'), 'x'.repeat(2000))
  const { files, asked } = elsewhere()
  await mirror(localFiles(folder.at('from')), files)
  expect(asked).toHaveLength(20)
  await mirror(files, localFiles(folder.at('to')), { concurrency: 1 })
  // The first one has to learn that the target cannot copy from elsewhere by itself.
  expect(asked).toHaveLength(39)
  for (const name of [...names, 'large']) {
    const [before, after] = [folder.at('from', name), folder.at('to', name)]
    expect(await readFile(after)).toEqual(await readFile(before))
    expect((await stat(after)).mtimeMs).toBeCloseTo((await stat(before)).mtimeMs, -1)
  }
  expect((await readdir(folder.at('to/in'))).toSorted()).toEqual(
    names.map((name) => name.slice(3)).toSorted(),
  )
  expect(await mirror(files, localFiles(folder.at('to')))).toMatchObject({ transferred: 0 })
})

test('of a file that has grown no more is read than it was to have', async () => {
  const { files, asked } = elsewhere()
  const from = memoryFiles({ contents: { a: 'text' } })
  let given = 0
  from.read = async function* read() {
    for (;;) {
      given++
      yield Buffer.from('te')
    }
  }
  await expect(copied(from, files)).rejects.toMatchObject({ code: 'NET_SIZE_MISMATCH' })
  expect([given, asked]).toEqual([3, []])
})

test('more tiny files than others are moved at a time, and as many as the caller says', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('from'))
  for (let at = 0; at < 100; at++) {
    await writeFile(folder.at('from', `tiny-${at}`), `${at}`)
    await writeFile(folder.at('from', `small-${at}`), Buffer.alloc(MOST_OF_TINY + 1))
  }
  const mostAtOnce = async (options: MirrorOptions): Promise<object> => {
    const most = { tiny: 0, small: 0 }
    const running = { tiny: 0, small: 0 }
    const write: SmallFiles['write'] = async (path, bytes) => {
      const sort = bytes.length > MOST_OF_TINY ? 'small' : 'tiny'
      running[sort] += 1
      most[sort] = Math.max(most[sort], running[sort])
      await new Promise((resolve) => setImmediate(resolve))
      running[sort] -= 1
      await files.write(path, Uint8Array.from(bytes))
      return files.stat(path)
    }
    const { files } = elsewhere({}, { most: 100_000, callsOfTiny: 40, write })
    await mirror(localFiles(folder.at('from')), files, options)
    return most
  }
  expect(await mostAtOnce({})).toEqual({ tiny: 40, small: 16 })
  expect(await mostAtOnce({ concurrency: 3 })).toEqual({ tiny: 3, small: 3 })
})
