import { netError } from '@net/core/authoring'
import { measureClockShift, memoryFiles } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

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

test('a call that is stopped or fails leaves nothing behind', async () => {
  for (const moment of ['before the end', 'behind the end']) {
    const inner = memoryFiles()
    const controller = new AbortController()
    const stopping = faultyFiles(inner, {
      at: ({ call, passed }) => {
        if (call === 'write' && passed === (moment === 'behind the end' ? 0 : undefined))
          controller.abort()
      },
    })
    const { signal } = controller
    await expect(measureClockShift(stopping, { signal })).rejects.toThrow(
      expect.objectContaining({ code: 'NET_ABORTED' }),
    )
    expect(await contentsOf(inner)).toEqual({})
    const losing = faultyFiles(inner, {
      at: ({ call, passed }) => {
        if (call === 'write' && passed !== undefined)
          throw netError('NET_CONN_RESET', { message: 'lost' })
      },
    })
    await expect(measureClockShift(losing)).rejects.toThrow(
      expect.objectContaining({ code: 'NET_CONN_RESET' }),
    )
    expect(await contentsOf(inner)).toEqual({})
  }
})
