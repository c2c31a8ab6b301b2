import { measureClockShift, memoryFiles } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from './tree-contents.ts'

test('the clock of a tree is measured, and nothing stays behind', async () => {
  const inner = memoryFiles({ contents: { 'in/a': '' } })
  expect(await measureClockShift(inner)).toBe(0)
  // A server whose clock is an hour ahead.
  const ahead = faultyFiles(inner, {
    at: async ({ call, path }) => {
      if (call !== 'stat') return
      const { modified = 0 } = await inner.stat(path)
      await inner.setModified(path, modified + 3_600_000)
    },
  })
  expect(await measureClockShift({ files: ahead, path: 'in', mustBeFolder: true })).toBe(3_600_000)
  expect(Object.keys(await contentsOf(inner))).toEqual(['in/', 'in/a'])
})

test('a tree without times has no clock', async () => {
  const files = memoryFiles({ can: { times: false } })
  await expect(measureClockShift(files)).rejects.toThrow(
    expect.objectContaining({ code: 'NET_UNSUPPORTED' }),
  )
  expect(await contentsOf(files)).toEqual({})
})
