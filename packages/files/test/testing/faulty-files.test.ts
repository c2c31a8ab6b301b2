import { checkRemoteFiles } from '@net/core/testing'
import { memoryFiles } from '@net/files'
import { faultyFiles, type TreeMoment } from '@net/files/testing'
import { expect, test } from 'vitest'

import { textOf } from '../../src/testing/contents.ts'

test('a tree without faults is the tree', async () => {
  await checkRemoteFiles(async () => ({
    files: faultyFiles(memoryFiles(), { at: () => {} }),
    async [Symbol.asyncDispose]() {},
  }))
})

test('every moment is told, and what its function throws the call rejects with', async () => {
  const moments: TreeMoment[] = []
  const inner = memoryFiles({ contents: { file: 'old' } })
  const files = faultyFiles(inner, {
    at: (moment) => {
      moments.push(moment)
      if (moment.call === 'write' && moment.passed === 0) throw new Error('in the middle')
    },
  })
  await files.stat('file')
  await expect(files.write('file', Buffer.from('0123'))).rejects.toThrow('in the middle')
  expect(await textOf(inner, 'file')).toBe('01')
  expect(moments).toEqual([
    { call: 'stat', path: 'file', number: 1, passed: undefined },
    { call: 'write', path: 'file', number: 2, passed: undefined },
    { call: 'write', path: 'file', number: 3, passed: 0 },
  ])
})
