import { netError } from '@net/core/authoring'
import { at, glob, memoryFiles, walk } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

const files = memoryFiles({ contents: { 'in/a': '1', 'in/deep/b': '22', top: '' } })

test('gives every entry, a folder before what is in it', async () => {
  const entries = await Array.fromAsync(walk(files))
  expect(entries.map(({ path, type }) => `${path} ${type}`)).toEqual([
    'in folder',
    'in/a file',
    'in/deep folder',
    'in/deep/b file',
    'top file',
  ])
  const below = await Array.fromAsync(walk(at(files, 'in/deep')))
  expect(below).toMatchObject([{ name: 'b', path: 'in/deep/b', size: 2 }])
})

test('patterns are those of the place that is walked', async () => {
  const entries = await Array.fromAsync(walk(at(files, 'in'), { exclude: ['/deep'] }))
  expect(entries.map(({ path }) => path)).toEqual(['in/a'])
})

test('is lazy, and a folder that goes away meanwhile is passed over', async () => {
  const listed: string[] = []
  const told = faultyFiles(files, {
    at: ({ call, passed, path }) => {
      if (call === 'list' && passed === undefined) listed.push(path)
      if (path === 'in/deep') throw netError('NET_NOT_FOUND', { message: 'gone' })
    },
  })
  for await (const entry of walk(told)) if (entry.path === 'in') break
  expect(listed).toEqual([''])
  const entries = await Array.fromAsync(walk(told))
  expect(entries.map(({ path }) => path)).toEqual(['in', 'in/a', 'in/deep', 'top'])
})

test.each(['walk', 'glob'])(
  '%s passes over no folder that is there, whatever its listing says',
  async (verb) => {
    const mistaken = faultyFiles(files, {
      at: ({ call, path }) => {
        if (call === 'list' && path === 'in/deep')
          throw netError('NET_NOT_FOUND', { message: 'no such folder' })
      },
    })
    const found = verb === 'walk' ? walk(mistaken) : glob(mistaken, '**')
    await expect(Array.fromAsync(found)).rejects.toThrow(
      expect.objectContaining({ code: 'NET_NOT_FOUND' }),
    )
  },
)

test('a folder that cannot be listed is an error, and so is a place that is not there', async () => {
  const denied = faultyFiles(files, {
    at: ({ path }) => {
      if (path === 'in/deep') throw netError('NET_ACCESS_DENIED', { message: 'denied' })
    },
  })
  await expect(Array.fromAsync(walk(denied))).rejects.toThrow(
    expect.objectContaining({ code: 'NET_ACCESS_DENIED' }),
  )
  await expect(Array.fromAsync(walk(at(files, 'none')))).rejects.toThrow(
    expect.objectContaining({ code: 'NET_NOT_FOUND' }),
  )
  expect(() => walk('x' as never)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})
