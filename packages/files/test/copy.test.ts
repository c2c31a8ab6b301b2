import { at, copy, memoryFiles } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

const from = memoryFiles({ contents: { 'in/a': 'text', 'in/deep/b': 'more', top: 'top' } })
const code = (value: string): Error => expect.objectContaining({ code: value }) as Error

test.each([
  ['a name that is not there', 'new', 'new'],
  ['a file', 'file', 'file'],
  ['a folder', 'folder', 'folder/a'],
  ['a folder with a slash', 'folder/', 'folder/a'],
  ['the root', '', 'a'],
])('a file goes to %s as cp would put it', async (_, target, path) => {
  const to = memoryFiles({ contents: { file: 'old one', 'folder/x': '' } })
  const report = await copy(at(from, 'in/a'), at(to, target))
  expect(report).toMatchObject({ transferred: 4, failed: 0 })
  expect((await contentsOf(to))[path]).toBe('text')
})

test.each([
  ['a name that is not there', 'new', 'new/deep/b'],
  ['a folder', 'folder', 'folder/in/deep/b'],
  ['the root', '', 'in/deep/b'],
])('a folder goes to %s as cp -r would put it', async (_, target, path) => {
  const to = memoryFiles({ contents: { 'folder/x': 'stays' } })
  await copy(at(from, 'in'), at(to, target), { recursive: true })
  const contents = await contentsOf(to)
  expect(contents[path]).toBe('more')
  expect(contents['folder/x']).toBe('stays')
})

test('the report says where the entries are', async () => {
  const from = memoryFiles({ contents: { 'tree/a': 'x', file: 'y' } })
  const to = memoryFiles({ contents: { 'in/b': '' } })
  const options = { recursive: true, dryRun: true }
  for (const [source, target, where, path] of [
    ['tree', 'in', 'in/tree', 'a'],
    ['tree', 'new', 'new', 'a'],
    ['file', 'in', 'in', 'file'],
    ['file', 'in/as', 'in', 'as'],
    ['file', 'as', '', 'as'],
  ] as const) {
    const { entries, ...report } = await copy(at(from, source), at(to, target), options)
    expect(report.target).toBe(where)
    expect(entries.map((entry) => entry.to ?? entry.path)).toContain(path)
  }
})

test('the root of a tree goes into the target itself', async () => {
  const to = memoryFiles({ contents: { 'folder/x': '' } })
  await copy(from, at(to, 'folder'), { recursive: true })
  expect(Object.keys(await contentsOf(to))).toContain('folder/in/deep/b')
})

test('what cannot be meant is refused before a byte moves', async () => {
  const to = memoryFiles({ contents: { file: 'old' } })
  await expect(copy(at(from, 'in'), at(to, 'x'))).rejects.toThrow('pass { recursive: true }')
  await expect(copy(at(from, 'in/a'), at(to, 'new/'))).rejects.toThrow(code('NET_NOT_FOUND'))
  await expect(copy(at(from, 'in/a'), at(to, 'file/'))).rejects.toThrow(code('NET_NOT_FOUND'))
  await expect(copy(at(from, 'no'), at(to, 'x'))).rejects.toThrow(code('NET_NOT_FOUND'))
  await expect(copy(at(from, 'in'), at(from, 'in/deep'), { recursive: true })).rejects.toThrow(
    'overlap',
  )
  await expect(copy(at(from, 'in/a'), at(from, 'in/a'))).rejects.toThrow('overlap')
  await expect(copy('a' as never, to)).rejects.toThrow('pass localFiles(folder)')
  await expect(copy(from, to, { overwrite: true } as never)).rejects.toThrow(code('NET_BAD_OPTION'))
  expect(await contentsOf(to)).toEqual({ file: 'old' })
})

test('within one tree the server copies, and nothing is read', async () => {
  const tree = memoryFiles({ contents: { a: 'text' }, can: { calls: 1 } })
  const report = await copy(at(tree, 'a'), at(tree, 'b'))
  expect(report).toMatchObject({ made: 1 })
  expect(await contentsOf(tree)).toEqual({ a: 'text', b: 'text' })
})

test('nothing is removed, and what is the same stays', async () => {
  const to = memoryFiles({ contents: { extra: 'x' } })
  await copy(from, to, { recursive: true })
  expect(await copy(from, to, { recursive: true })).toMatchObject({ kept: 6, made: 0, replaced: 0 })
  expect((await contentsOf(to))['extra']).toBe('x')
})

test('a file of some size that was cut goes on where it was, in the next run too', async () => {
  const contents = { big: new Uint8Array(3 * 1024 * 1024).fill(7) }
  const source = memoryFiles({ contents })
  const cutting = faultyFiles(source, {
    at({ call, passed = 0 }) {
      if (call === 'read' && passed === 2) throw new Error('cut')
    },
  })
  const to = memoryFiles()
  await expect(copy(at(cutting, 'big'), at(to, 'copy'), { retry: false })).rejects.toThrow()
  const [part = ''] = Object.keys(await contentsOf(to))
  expect(part).toMatch(/^copy\.net-.*\.part$/)
  const { transferred } = await copy(at(source, 'big'), at(to, 'copy'))
  expect(transferred).toBeLessThan(3 * 1024 * 1024)
  expect(Object.keys(await contentsOf(to))).toEqual(['copy'])
  expect((await to.stat('copy')).size).toBe(3 * 1024 * 1024)
})
