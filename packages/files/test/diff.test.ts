import { diff, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

test('tells every difference and changes nothing', async () => {
  const from = memoryFiles({
    contents: { same: '1', size: '22', time: '3', new: '4', type: '5', 'in/new': '6' },
  })
  const to = memoryFiles({
    contents: { same: '1', size: '2', time: '3', old: '4', 'type/x': '5', 'in/old': '' },
  })
  const { modified = 0 } = await from.stat('same')
  for (const path of ['same', 'size']) await to.setModified(path, modified)
  await to.setModified('time', modified + 60_000)
  await from.setModified('time', modified)
  const before = await contentsOf(to)
  const found = await diff(from, to)
  expect(Object.fromEntries(found.map(({ difference, path }) => [path, difference]))).toEqual({
    size: 'size',
    time: 'time',
    new: 'only in the source',
    old: 'only in the target',
    type: 'type',
    'in/new': 'only in the source',
    'in/old': 'only in the target',
  })
  expect(await contentsOf(to)).toEqual(before)
  expect(await diff(from, from)).toEqual([])
})

test('what a comparison cannot see is told as uncertain', async () => {
  const [from, to] = [memoryFiles({ contents: { a: 'x' } }), memoryFiles({ contents: { a: 'y' } })]
  expect(await diff(from, to, { compare: 'size' })).toEqual([
    { path: 'a', type: 'file', difference: 'uncertain', certain: false },
  ])
  expect(await diff(from, to, { compare: 'hash' })).toEqual([
    { path: 'a', type: 'file', difference: 'hash', certain: true },
  ])
})

test('a side that is not there is an error', async () => {
  const files = memoryFiles({ contents: { a: '' } })
  const place = { files, path: 'none', mustBeFolder: false }
  const missing = expect.objectContaining({ code: 'NET_NOT_FOUND' })
  await expect(diff(files, place)).rejects.toThrow(missing)
  await expect(diff(place, files)).rejects.toThrow(missing)
})
