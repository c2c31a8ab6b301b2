import type { RemoteWriteOptions, Source } from '@net/core'
import { checkRemoteFiles } from '@net/core/testing'
import { expect, test } from 'vitest'

import { TreeOfMemory } from './tree-of-memory.ts'

/** Keeps the end of what was there, as some servers do. */
class KeepsTheTail extends TreeOfMemory {
  override async write(path: string, source: Source, options?: RemoteWriteOptions): Promise<void> {
    const old = options?.start === undefined ? [] : await Array.fromAsync(this.read(path))
    await super.write(path, source, options)
    if (old.length === 0) return
    const now = Buffer.concat(await Array.fromAsync(this.read(path)))
    await super.write(path, Buffer.concat([now, Buffer.concat(old).subarray(now.length)]))
  }
}

test('a tree that keeps the tail of the old file does not pass', async () => {
  const make = async () => ({ files: new KeepsTheTail(), async [Symbol.asyncDispose]() {} })
  await expect(checkRemoteFiles(make)).rejects.toThrow(
    'writing at an offset leaves what is before it, and nothing behind',
  )
})
