import type { RemoteCapabilities, RemoteRenameOptions } from '@net/core'
import { checkRemoteFiles } from '@net/core/testing'
import { expect, test } from 'vitest'

import { TreeOfMemory } from './tree-of-memory.ts'

class Replaces extends TreeOfMemory {
  override rename(from: string, to: string, options?: RemoteRenameOptions): Promise<void> {
    return super.rename(from, to, { ...options, replace: true })
  }
}

class PromisesMore extends TreeOfMemory {
  override async capabilities(): Promise<RemoteCapabilities> {
    return { ...(await super.capabilities()), letterCase: 'ignored' }
  }
}

test('a tree that replaces unasked does not pass', async () => {
  const make = async () => ({ files: new Replaces(), async [Symbol.asyncDispose]() {} })
  await expect(checkRemoteFiles(make)).rejects.toThrow('a rename replaces only with `replace`')
})

test('a tree that promises what it does not do does not pass', async () => {
  const make = async () => ({ files: new PromisesMore(), async [Symbol.asyncDispose]() {} })
  await expect(checkRemoteFiles(make)).rejects.toThrow(
    'letter case is kept or ignored, as promised',
  )
})
