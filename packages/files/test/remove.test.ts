import type { RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { at, memoryFiles, remove } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'
import { textOf } from '../src/testing/contents.ts'

const contents = { 'in/a': '1', 'in/deep/b': '2', 'in/deep/keep.txt': '3', top: '4' }

test('removes a folder with everything in it, a file, or all of a tree', async () => {
  const files = memoryFiles({ contents })
  expect(await remove(at(files, 'in'))).toMatchObject({ removed: 5, failed: 0 })
  expect(await contentsOf(files)).toEqual({ top: '4' })
  await remove(at(files, 'top'))
  await files.symlink('x', 'link')
  expect(await remove(files)).toMatchObject({ removed: 1 })
  expect(await contentsOf(files)).toEqual({})
})

test('a link goes by itself', async () => {
  const files = memoryFiles({ contents })
  await files.symlink('in', 'link')
  await remove(at(files, 'link'))
  expect(await contentsOf(files)).toMatchObject({ 'in/a': '1' })
})

test('what is hidden stays, with the folders that hold it; a dry run removes nothing', async () => {
  const files = memoryFiles({ contents })
  const options = { exclude: ['keep.txt'] }
  const plan = await remove(at(files, 'in'), { ...options, dryRun: true })
  expect(plan).toMatchObject({ removed: 2, kept: 2, dryRun: true })
  expect(Object.keys(await contentsOf(files))).toHaveLength(6)
  const report = await remove(at(files, 'in'), options)
  expect(
    report.entries.map(({ action, path, why }) => `${path} ${action} ${why}`).toSorted(),
  ).toEqual([
    ' keep holds excluded',
    'a remove not in the source',
    'deep keep holds excluded',
    'deep/b remove not in the source',
  ])
  expect(await contentsOf(files)).toEqual({
    'in/': '',
    'in/deep/': '',
    'in/deep/keep.txt': '3',
    top: '4',
  })
})

test('[H-FTP-19] one that fails does not stop the rest, and no call has a path that leads elsewhere', async () => {
  const inner = memoryFiles({ contents })
  const paths: string[] = []
  const files = faultyFiles(inner, {
    at: ({ call, path }) => {
      if (call === 'remove') paths.push(path)
      if (call === 'remove' && path === 'in/a')
        throw netError('NET_ACCESS_DENIED', { message: 'denied' })
    },
  })
  const error: unknown = await remove(at(files, 'in')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PARTIAL_TRANSFER', partial: { removed: 3, failed: 2 } })
  expect(await contentsOf(inner)).toEqual({ 'in/': '', 'in/a': '1', top: '4' })
  expect(paths.every((path) => path.startsWith('in'))).toBe(true)
  await expect(remove(at(inner, 'none'))).rejects.toThrow(
    expect.objectContaining({ code: 'NET_NOT_FOUND' }),
  )
})

test('a folder that cannot be listed fails, and so does what holds it', async () => {
  const listed = (inner: RemoteFiles, folder: string): RemoteFiles =>
    faultyFiles(inner, {
      at: ({ call, path }) => {
        if (call === 'list' && path === folder)
          throw netError('NET_ACCESS_DENIED', { message: 'denied' })
      },
    })
  for (const folder of ['in/deep', 'in', '']) {
    const inner = memoryFiles({ contents })
    const place = folder === '' ? listed(inner, folder) : at(listed(inner, folder), 'in')
    const error: unknown = await remove(place).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'NET_PARTIAL_TRANSFER',
      errors: expect.arrayContaining([expect.objectContaining({ code: 'NET_ACCESS_DENIED' })]),
    })
    expect(await textOf(inner, 'in/deep/b')).toBe('2')
  }
})
