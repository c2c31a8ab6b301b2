import { writeFile } from 'node:fs/promises'

import { localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { readLent } from '../src/lent-reads.ts'
import { testFolder } from './local/folder.ts'

test('a tree of this machine reads a file into the same memory', async () => {
  await using folder = await testFolder()
  const content = Buffer.from(Uint8Array.from({ length: 600_001 }, (_, at) => at % 251))
  await writeFile(folder.at('a'), content)
  const tree = localFiles(folder.path)
  const memory = new Set<ArrayBufferLike>()
  const read: Buffer[] = []
  for await (const chunk of readLent(tree, 'a', { start: 1 })) {
    memory.add(chunk.buffer)
    read.push(Buffer.from(chunk))
  }
  expect(Buffer.concat(read).equals(content.subarray(1))).toBe(true)
  expect(memory.size).toBe(1)
  const kept = await Array.fromAsync(tree.read('a'))
  expect(Buffer.concat(kept).equals(content)).toBe(true)
})

test('one that does not know how just reads', async () => {
  const tree = memoryFiles({ contents: { a: '0123456789' } })
  const chunks = await Array.fromAsync(readLent(tree, 'a', { start: 2, end: 5 }))
  expect(Buffer.concat(chunks).toString()).toBe('234')
})
