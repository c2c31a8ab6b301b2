import type { RemoteFiles, RemoteReadOptions } from '@net/core'
import { LENT_READS } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { openedSftp, patterned } from './opened.ts'

test('[SSH-55] many requests are under way, and what comes is in order', async () => {
  const bytes = patterned(4_000_000)
  await using opened = await openedSftp({ files: { '/a': bytes }, like: 'rclone' })
  const { sftp, server } = opened
  server.fail({ on: 'READ', after: 100, do: 'short' })
  let seen = 0
  for await (const chunk of sftp.read('/a', { start: 7 })) {
    const expected = bytes.subarray(7 + seen, 7 + seen + chunk.length)
    expect(Buffer.compare(chunk, expected)).toBe(0)
    seen += chunk.length
  }
  expect(seen).toBe(bytes.length - 7)
})

test('a slow reader holds what is asked for within bounds', async () => {
  const bytes = patterned(12_000_000)
  await using opened = await openedSftp({ files: { '/a': bytes } })
  const { sftp, server } = opened
  const loop = sftp.read('/a')[Symbol.asyncIterator]()
  await loop.next()
  await expect.poll(() => reads(server.requests)).toBeGreaterThan(5)
  await sftp.exists('/a')
  await sftp.exists('/a')
  // 16 of 255 KiB each, and those whose place the first answers have left.
  expect(reads(server.requests)).toBeLessThan(40)
  await loop.return?.()
})

test('what is read for a copy is in memory that is used again, whatever comes short', async () => {
  const bytes = patterned(12_000_000)
  await using opened = await openedSftp({ files: { '/in/a': bytes } })
  const { server, sftp } = opened
  server.fail({ on: 'READ', after: 5, times: 3, do: 'short' })
  const tree = sftp.files('/in') as RemoteFiles & LendingTree
  const memory = new Set<ArrayBufferLike>()
  let seen = 7
  for await (const chunk of tree[LENT_READS]('a', { start: 7 })) {
    expect(Buffer.compare(chunk, bytes.subarray(seen, seen + chunk.length))).toBe(0)
    memory.add(chunk.buffer)
    seen += chunk.length
  }
  expect(seen).toBe(bytes.length)
  // 47 blocks in the memory of the 16 that may be under way, and what came behind a short answer.
  expect(memory.size).toBeLessThan(30)
})

interface LendingTree {
  [LENT_READS](path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array>
}

function reads(requests: readonly string[]): number {
  return requests.filter((line) => line.startsWith('READ ')).length
}
