import { appendFile, mkdir, truncate, writeFile } from 'node:fs/promises'

import { fromFile } from '@net/core'
import { expect, test } from 'vitest'

import { chunksOfFile, sizeOfFile } from '../../src/data/file-reader.ts'
import { collect } from './collect.ts'
import { temporaryFolder } from './folder.ts'

const whole = Buffer.alloc(150_000, 'abcdefg')

test('reads a file, or a part of it, in chunks of 64 KiB', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), whole)
  const sizes: number[] = []
  const source = fromFile(folder.at('a'))
  for await (const chunk of chunksOfFile(source, await sizeOfFile(source))) sizes.push(chunk.length)
  expect(sizes).toEqual([65_536, 65_536, 18_928])
  const part = fromFile(folder.at('a'), { start: 3, end: 70_003 })
  expect(await sizeOfFile(part)).toBe(70_000)
  const chunks = await collect(chunksOfFile(part, 70_000))
  expect(Buffer.concat(chunks).equals(whole.subarray(3, 70_003))).toBe(true)
})

test('what is no file, and a range beyond the end, are errors of this machine', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('folder'))
  await writeFile(folder.at('a'), 'abc')
  await expect(sizeOfFile(fromFile(folder.at('none')))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    cause: { code: 'ENOENT' },
  })
  await expect(sizeOfFile(fromFile(folder.at('folder')))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  await expect(sizeOfFile(fromFile(folder.at('a'), { start: 4 }))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  await expect(sizeOfFile(fromFile(folder.at('a'), { end: 4 }))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    received: 3,
    expected: 4,
  })
})

test('a file that shrinks or grows while it is read is an error', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  const source = fromFile(path)
  for (const { change, received } of [
    { change: () => truncate(path, 70_000), received: 70_000 },
    { change: () => appendFile(path, 'more'), received: 150_004 },
  ]) {
    await writeFile(path, whole)
    const chunks = chunksOfFile(source, await sizeOfFile(source))
    await chunks.next()
    await change()
    await expect(collect(chunks)).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      received,
      expected: 150_000,
    })
  }
  // With an end of its own, what is added behind it does not matter.
  const part = fromFile(path, { end: 10 })
  expect(await collect(chunksOfFile(part, await sizeOfFile(part)))).toHaveLength(1)
})
