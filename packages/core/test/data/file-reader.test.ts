import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { appendFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { fromFile } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { expect, test, vi } from 'vitest'

import { readingOfFile } from '../../src/data/file-reader.ts'
import { collect } from './collect.ts'
import { temporaryFolder } from './folder.ts'

const whole = Buffer.alloc(150_000, 'abcdefg')

test('reads a file, or a part of it, in chunks of 64 KiB', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), whole)
  const sizes: number[] = []
  const source = fromFile(folder.at('a'))
  const reading = await readingOfFile(source)
  expect(reading.size).toBe(150_000)
  for await (const chunk of reading.read()) sizes.push(chunk.length)
  expect(sizes).toEqual([65_536, 65_536, 18_928])
  const part = fromFile(folder.at('a'), { start: 3, end: 70_003 })
  const partly = await readingOfFile(part)
  expect(partly.size).toBe(70_000)
  const chunks = await collect(partly.read())
  expect(Buffer.concat(chunks).equals(whole.subarray(3, 70_003))).toBe(true)
})

test('anything but a file, and a range beyond the end, are errors of this machine', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('folder'))
  await writeFile(folder.at('a'), 'abc')
  await expect(readingOfFile(fromFile(folder.at('none')))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    cause: { code: 'ENOENT' },
  })
  await expect(readingOfFile(fromFile(folder.at('folder')))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  await expect(readingOfFile(fromFile(folder.at('a'), { start: 4 }))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  await expect(readingOfFile(fromFile(folder.at('a'), { end: 4 }))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
    received: 3,
    expected: 4,
  })
})

test('small files of a folder that answers quickly are read without a trip to another thread', async () => {
  // Whatever the machine does meanwhile, the disk was quick.
  using _clock = useFakeClock()
  await using folder = await temporaryFolder()
  for (const name of ['a', 'b', 'large']) {
    await writeFile(folder.at(name), name === 'large' ? whole : name)
  }
  const fs = process.getBuiltinModule('node:fs')
  using stat = vi.spyOn(fs, 'stat')
  using open = vi.spyOn(fs, 'open')
  using read = vi.spyOn(fs, 'read')
  const tripsOf = async (name: string): Promise<number[]> => {
    for (const calls of [stat, open, read]) calls.mockClear()
    const chunks = await collect((await readingOfFile(fromFile(folder.at(name)))).read())
    expect(Buffer.concat(chunks).toString()).toBe(name === 'large' ? whole.toString() : name)
    return [stat, open, read].map((calls) => calls.mock.calls.length)
  }
  expect(await tripsOf('a')).toEqual([1, 0, 0])
  expect(await tripsOf('b')).toEqual([0, 0, 0])
  // The next piece of a large one is read while the one before it is sent.
  expect(await tripsOf('large')).toEqual([0, 1, 3])
})

test.skipIf(process.platform === 'win32')(
  'a pipe that takes the place of a small file is an error, and nothing waits for its writer',
  async () => {
    await using folder = await temporaryFolder()
    await writeFile(folder.at('a'), 'abc')
    await collect((await readingOfFile(fromFile(folder.at('a')))).read())
    const reading = await readingOfFile(fromFile(folder.at('a')))
    await rm(folder.at('a'))
    await promisify(execFile)('mkfifo', [folder.at('a')])
    await expect(collect(reading.read())).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  },
)

test('a file that shrinks or grows while it is read is an error', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('a')
  const source = fromFile(path)
  for (const { change, received } of [
    { change: () => truncate(path, 70_000), received: 70_000 },
    { change: () => appendFile(path, 'more'), received: 150_004 },
  ]) {
    await writeFile(path, whole)
    const chunks = (await readingOfFile(source)).read()
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
  expect(await collect((await readingOfFile(part)).read())).toHaveLength(1)
})

for (const path of [
  '/proc/self/status',
  '/proc/version',
  '/sys/kernel/mm/transparent_hugepage/enabled',
]) {
  test.skipIf(!existsSync(path))(
    `${path}, whose size is not told or wrong, is read whole`,
    async () => {
      const reading = await readingOfFile(fromFile(path))
      const content = Buffer.concat(await collect(reading.read()))
      expect(content.length).toBeGreaterThan(0)
      expect(reading.size).toBe(content.length)
      expect(content.toString().split('\n')[0]).toBe(readFileSync(path, 'utf8').split('\n')[0])
    },
  )
}

test.skipIf(!existsSync('/proc/version'))(
  'a part of a file without a size is exact, or an error',
  async () => {
    const whole = readFileSync('/proc/version')
    const part = await readingOfFile(fromFile('/proc/version', { start: 2, end: 8 }))
    expect(part.size).toBe(6)
    expect(Buffer.concat(await collect(part.read())).equals(whole.subarray(2, 8))).toBe(true)
    const rest = await readingOfFile(fromFile('/proc/version', { start: 5 }))
    expect(Buffer.concat(await collect(rest.read())).equals(whole.subarray(5))).toBe(true)
    for (const range of [{ end: whole.length + 1 }, { start: 100_000 }]) {
      await expect(readingOfFile(fromFile('/proc/version', range))).rejects.toMatchObject({
        code: 'NET_LOCAL_IO',
      })
    }
  },
)

test.skipIf(!existsSync('/proc/kallsyms'))(
  'a long file without a size is read to its end, and its size is not known',
  async () => {
    const reading = await readingOfFile(fromFile('/proc/kallsyms'))
    expect(reading.size).toBeUndefined()
    const chunks = await collect(reading.read())
    expect(Buffer.concat(chunks).length).toBeGreaterThan(65_536)
    const part = await readingOfFile(fromFile('/proc/kallsyms', { end: 100_000 }))
    expect(part.size).toBe(100_000)
    expect(Buffer.concat(await collect(part.read())).length).toBe(100_000)
  },
)

test('a file of holes has its size', async () => {
  await using folder = await temporaryFolder()
  for (const size of [0, 1000, 200_000]) {
    await writeFile(folder.at('holes'), '')
    await truncate(folder.at('holes'), size)
    const reading = await readingOfFile(fromFile(folder.at('holes')))
    expect(reading.size).toBe(size)
    expect(Buffer.concat(await collect(reading.read())).equals(Buffer.alloc(size))).toBe(true)
  }
})

test.skipIf(process.platform === 'win32')('a pipe and a device are refused by name', async () => {
  await using folder = await temporaryFolder()
  await promisify(execFile)('mkfifo', [folder.at('pipe')])
  for (const [path, what] of [
    [folder.at('pipe'), 'a pipe'],
    ['/dev/null', 'a device'],
    [folder.path, 'a folder'],
  ] as const) {
    await expect(readingOfFile(fromFile(path))).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      message: expect.stringContaining(what),
    })
  }
})

test('that a file grows is noticed before its last chunk leaves', async () => {
  await using folder = await temporaryFolder()
  const path = folder.at('log')
  await writeFile(path, 'one line\n')
  const chunks = (await readingOfFile(fromFile(path))).read()
  await writeFile(path, 'another\n', { flag: 'a' })
  await expect(chunks.next()).rejects.toMatchObject({ code: 'NET_LOCAL_IO', expected: 9 })
})
