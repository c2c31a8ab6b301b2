import type { RemoteEntry } from '@net/core'
import { checkRemoteFiles } from '@net/core/testing'
import { expect, test } from 'vitest'

import { TreeOfMemory } from './tree-of-memory.ts'

class HearsNoSignal extends TreeOfMemory {
  override stat(path: string): Promise<RemoteEntry> {
    return super.stat(path)
  }
}

test('a tree that hears no signal does not pass', async () => {
  const make = async () => ({ files: new HearsNoSignal(), async [Symbol.asyncDispose]() {} })
  await expect(checkRemoteFiles(make)).rejects.toThrow(
    'a signal that has aborted lets nothing begin',
  )
})

test('a lost tree must tell every call', async () => {
  const make = async () => ({
    files: new TreeOfMemory(),
    lose: () => {},
    async [Symbol.asyncDispose]() {},
  })
  await expect(checkRemoteFiles(make)).rejects.toThrow('every call reports what is lost')
})
