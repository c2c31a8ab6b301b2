import { readdirSync, readlinkSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { ReadHandle } from '../../src/data/read-handle.ts'
import { temporaryFolder } from './folder.ts'

test('reads from any place, and tells how large the file is now', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), '0123456789')
  const file = await ReadHandle.open(folder.at('a'))
  const memory = Buffer.alloc(8, '-')
  expect(await file.read(memory, 4, 3)).toBe(4)
  expect(memory.toString()).toBe('3456----')
  expect(await file.read(memory, 8, 8)).toBe(2)
  expect(await file.read(memory, 8, 10)).toBe(0)
  await appendFile(folder.at('a'), 'more')
  expect(await file.size()).toBe(14)
  await file.close()
})

test('what the file system says is the error', async () => {
  await using folder = await temporaryFolder()
  await expect(ReadHandle.open(folder.at('none'))).rejects.toMatchObject({ code: 'ENOENT' })
  if (process.platform === 'win32') return
  const file = await ReadHandle.open(folder.path)
  await expect(file.read(Buffer.alloc(1), 1, 0)).rejects.toMatchObject({ code: 'EISDIR' })
  await file.close()
})

test('it is closed once, and then no descriptor is read, which may be of another file', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), 'ours')
  await writeFile(folder.at('b'), 'another')
  const file = await ReadHandle.open(folder.at('a'))
  await file.close()
  const other = await ReadHandle.open(folder.at('b'))
  await file.close()
  await expect(file.read(Buffer.alloc(7), 7, 0)).rejects.toThrow('closed')
  await expect(file.size()).rejects.toThrow('closed')
  const memory = Buffer.alloc(7)
  expect(await other.read(memory, 7, 0)).toBe(7)
  expect(memory.toString()).toBe('another')
  await other.close()
})

test('a read under way ends before the file is closed', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), Buffer.alloc(1_000_000, 'x'))
  const file = await ReadHandle.open(folder.at('a'))
  const ended: string[] = []
  const memory = Buffer.alloc(1_000_000)
  await Promise.all([
    file.read(memory, memory.length, 0).then((read) => ended.push(`read ${read}`)),
    file.close().then(() => ended.push('closed')),
  ])
  expect(ended).toEqual(['read 1000000', 'closed'])
})

test.runIf(process.platform === 'linux')('nothing stays open', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), 'a')
  const isOpen = (): boolean =>
    readdirSync('/proc/self/fd').some((descriptor) => target(descriptor) === folder.at('a'))
  const file = await ReadHandle.open(folder.at('a'))
  expect(isOpen()).toBe(true)
  await file.close()
  expect(isOpen()).toBe(false)
})

function target(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return undefined
  }
}
