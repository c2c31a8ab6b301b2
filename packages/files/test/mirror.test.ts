import { mkdtempDisposable, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { netError } from '@net/core/authoring'
import { at, diff, localFiles, memoryFiles, mirror } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

test('one file goes from memory to a folder and back', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'files-'))
  const from = memoryFiles({ contents: { 'in/report.csv': 'a,b\n1,2\n' } })
  const local = localFiles(join(folder.path, 'new', 'copy'))
  const report = await mirror(from, local)
  expect(report).toMatchObject({ made: 2, failed: 0, transferred: 8 })
  const path = join(folder.path, 'new', 'copy', 'in', 'report.csv')
  expect(await readFile(path, 'utf8')).toBe('a,b\n1,2\n')
  const { modified } = await from.stat('in/report.csv')
  expect((await stat(path)).mtimeMs).toBeCloseTo(modified ?? NaN, 0)
  const back = memoryFiles()
  await mirror(local, back)
  expect(await contentsOf(back)).toEqual({ 'in/': '', 'in/report.csv': 'a,b\n1,2\n' })
  expect(await mirror(from, local)).toMatchObject({ kept: 2, made: 0, replaced: 0, entries: [] })
})

test('a mirror of other files into the same folder leaves alone what another one is about to name', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'files-'))
  // Too large to be copied in one go.
  const from = memoryFiles({ contents: { large: new Uint8Array(300_000).fill(7) } })
  const hash = from.hash!.bind(from)
  const other = memoryFiles({ contents: { other: 'x' } })
  Object.assign(from, {
    async hash(...given: Parameters<typeof hash>) {
      // The copy is verified now, under the last name before its own.
      await mirror(other, localFiles(folder.path))
      return hash(...given)
    },
  })
  expect(await mirror(from, localFiles(folder.path))).toMatchObject({ made: 1, failed: 0 })
  expect((await readdir(folder.path)).toSorted()).toEqual(['large', 'other'])
  expect((await stat(join(folder.path, 'large'))).size).toBe(300_000)
})

test('what differs is replaced, what is missing is made, and what is too much goes only with delete', async () => {
  const from = memoryFiles({ contents: { same: '1', other: 'new text', added: '2' } })
  const to = memoryFiles({ contents: { same: '1', other: 'old', gone: '3' } })
  await mirror(from, to)
  expect(await contentsOf(to)).toEqual({ same: '1', other: 'new text', added: '2', gone: '3' })
  const report = await mirror(from, to, { delete: true })
  expect(report).toMatchObject({ removed: 1, made: 0, replaced: 0 })
  expect(await contentsOf(to)).toEqual({ same: '1', other: 'new text', added: '2' })
})

test('what cannot be read fails alone, and its copy stays', async () => {
  const source = memoryFiles({ contents: { locked: 'newer', 'shut/a': 'x', fine: 'text' } })
  const from = faultyFiles(source, {
    at: ({ call, path }) => {
      const isShut = (call === 'read' && path === 'locked') || (call === 'list' && path === 'shut')
      if (isShut) throw netError('NET_ACCESS_DENIED', { message: 'access is denied' })
    },
  })
  const to = memoryFiles({ contents: { locked: 'old', 'shut/b': 'stays', gone: '', also: '' } })
  const error: unknown = await mirror(from, to, { delete: true }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'NET_PARTIAL_TRANSFER',
    partial: { failed: 2, removed: 2, made: 1 },
  })
  expect(await contentsOf(to)).toMatchObject({ locked: 'old', 'shut/b': 'stays', fine: 'text' })
})

test('what is excluded is never opened, and its folder never listed', async () => {
  const asked: string[] = []
  const source = memoryFiles({ contents: { 'a.tmp': '', 'tmp/b': '', c: '' } })
  const from = faultyFiles(source, { at: ({ call, path }) => void asked.push(`${call} ${path}`) })
  await mirror(from, memoryFiles(), { exclude: ['*.tmp', 'tmp/'] })
  expect(asked.filter((each) => each.includes('tmp'))).toEqual([])
})

test('other content of one size and an older time is sent', async () => {
  const from = memoryFiles({ contents: { a: 'new' } })
  const to = memoryFiles({ contents: { a: 'old' } })
  await from.setModified('a', 1000)
  await to.setModified('a', 9_000_000)
  expect(await mirror(from, to, { newer: true })).toMatchObject({ kept: 1 })
  expect(await mirror(from, to)).toMatchObject({ replaced: 1 })
  expect(await contentsOf(to)).toEqual({ a: 'new' })
})

test('a source that is not there deletes nothing', async () => {
  const to = memoryFiles({ contents: { a: '1' } })
  const none = { files: memoryFiles(), path: 'none', mustBeFolder: false }
  const running = mirror(none, to, { delete: 'all' })
  await expect(running).rejects.toThrow(expect.objectContaining({ code: 'NET_NOT_FOUND' }))
  await expect(mirror(memoryFiles(), to, { delete: true })).rejects.toThrow(
    'would remove 1 of 1 entries',
  )
  expect(await contentsOf(to)).toEqual({ a: '1' })
})

test('a target that keeps, or changes, the form of accents: a second run moves and removes nothing', async () => {
  const contents = { 'caf\u00e9/\u00fc': 'text', 'nai\u0308f': '2' }
  for (const unicodeForm of ['kept', 'NFC', 'NFD', 'ignored'] as const) {
    const to = memoryFiles({ can: { unicodeForm } })
    await mirror(memoryFiles({ contents }), to, { delete: 'all', compare: 'size' })
    const again = await mirror(memoryFiles({ contents }), to, { delete: 'all', compare: 'size' })
    expect(again).toMatchObject({ made: 0, replaced: 0, removed: 0, failed: 0, kept: 3 })
  }
  const both = memoryFiles({ contents: { 'caf\u00e9': '1', 'cafe\u0301': '2' } })
  const kept = memoryFiles()
  await mirror(both, kept)
  expect(Object.keys(await contentsOf(kept))).toHaveLength(2)
})

test('a target that was found and whose listing says that it is not there is not taken for an empty one', async () => {
  const from = memoryFiles({ contents: { a: 'old' } })
  await from.setModified('a', 1000)
  const inner = memoryFiles({ contents: { a: 'newer' } })
  const to = faultyFiles(inner, {
    at: ({ call }) => {
      if (call === 'list') throw netError('NET_NOT_FOUND', { message: 'no such folder' })
    },
  })
  const missing = expect.objectContaining({ code: 'NET_NOT_FOUND' })
  await expect(mirror(from, to, { newer: true })).rejects.toThrow(missing)
  await expect(diff(from, to)).rejects.toThrow(missing)
  expect(await contentsOf(inner)).toEqual({ a: 'newer' })
})

test('what the source has no more goes with delete, also from a folder that holds nothing else that is included', async () => {
  const from = memoryFiles({ contents: { 'a/image.png': 'x', 'b/kept.txt': 'y' } })
  const to = memoryFiles({
    contents: { 'a/old.txt': '', 'a/deep/old.txt': '', 'a/own.png': 'z', 'b/kept.txt': 'y' },
  })
  await mirror(from, to, { include: ['*.txt'], delete: 'all' })
  expect(await contentsOf(to)).toEqual({
    'a/': '',
    'a/own.png': 'z',
    'b/': '',
    'b/kept.txt': 'y',
  })
})

test('a state sees a change of the source that is less than what the target shows', async () => {
  const from = memoryFiles({ contents: { a: 'one' } })
  const to = memoryFiles({ can: { times: { grain: 60_000, canSet: true, zone: 'utc' } } })
  const state = at(memoryFiles(), 'state')
  const time = 1_700_000_000_000
  await from.setModified('a', time)
  await mirror(from, to, { state })
  expect(await mirror(from, to, { state })).toMatchObject({ kept: 1, replaced: 0 })
  await from.write('a', Buffer.from('two'))
  await from.setModified('a', time + 500)
  await mirror(from, to, { state })
  expect(await contentsOf(to)).toEqual({ a: 'two' })
})

test.each([
  ['nothing', {}],
  ['what is not included', { 'a/own.png': 'z' }],
  ['a folder of what is not included', { 'a/deep/own.png': 'z' }],
])('what is included is sent into a folder that is there and holds %s', async (_, contents) => {
  const from = memoryFiles({ contents: { 'a/new.txt': 'x', 'a/deep/new.txt': 'y' } })
  const to = memoryFiles({ contents })
  await to.mkdir('a', { recursive: true })
  const options = { include: ['*.txt'], delete: 'all' } as const
  await mirror(from, to, options)
  expect(await contentsOf(to)).toMatchObject({
    'a/new.txt': 'x',
    'a/deep/new.txt': 'y',
    ...contents,
  })
  expect(await mirror(from, to, options)).toMatchObject({ made: 0, removed: 0, replaced: 0 })
})

test('a file takes no place of a folder in which something is hidden', async () => {
  const from = memoryFiles({ contents: { 'a.txt': 'x' } })
  const to = memoryFiles({ contents: { 'b/own.png': 'z' } })
  await to.rename('b', 'a.txt')
  const running = mirror(from, to, { include: ['/a.txt', '!/a.txt/'], delete: 'all' })
  await running.catch(() => {})
  expect(await contentsOf(to)).toMatchObject({ 'a.txt/own.png': 'z' })
})
