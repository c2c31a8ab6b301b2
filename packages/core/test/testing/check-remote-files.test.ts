import { checkRemoteFiles } from '@net/core/testing'
import { expect, test } from 'vitest'

import { TreeOfMemory } from './tree-of-memory.ts'

test('a tree that does what it promises passes, and each case has a tree of its own', async () => {
  let disposed = 0
  await checkRemoteFiles(async () => ({
    files: new TreeOfMemory(),
    async [Symbol.asyncDispose]() {
      disposed++
    },
  }))
  expect(disposed).toBeGreaterThan(20)
})

test('one case can be run alone, and one that is not there is told', async () => {
  const make = async () => ({ files: new TreeOfMemory(), async [Symbol.asyncDispose]() {} })
  await checkRemoteFiles(make, { only: 'modes are kept' })
  await expect(checkRemoteFiles(make, { only: 'nothing' })).rejects.toThrow('there is no case')
})
