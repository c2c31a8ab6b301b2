import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { isWhole, takeTime } from '../src/saved-file.ts'
import { temporaryFolder } from './net.ts'

const modified = Date.UTC(2026, 1, 3, 4, 5, 6)

it('takes a file of the same size and time for the same, and nothing else', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a')
  expect(await isWhole(file, { size: 3, modified })).toBe(false)
  writeFileSync(file, 'abc')
  utimesSync(file, modified / 1000, modified / 1000)
  expect(await isWhole(file, { size: 3, modified: modified + 250 })).toBe(true)
  expect(await isWhole(file, { size: 3, modified: modified + 1000 })).toBe(false)
  expect(await isWhole(file, { size: 4, modified })).toBe(false)
  utimesSync(file, modified / 1000, modified / 1000 + 0.25)
  expect(await isWhole(file, { size: 3, modified: modified + 250 })).toBe(false)
  expect(await isWhole(file, { size: 3 })).toBe(false)
  expect(await isWhole(file, { modified })).toBe(false)
  expect(await isWhole(folder.path, { size: 1, modified })).toBe(false)
  await expect(isWhole(file, { size: 2, modified })).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
    received: 3,
    expected: 2,
  })
})

it('gives a file the time of the server, and nothing to what is no file', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a')
  writeFileSync(file, 'abc')
  const before = statSync(folder.path).mtimeMs
  await takeTime(file, {})
  await takeTime(folder.path, { modified })
  await takeTime(join(folder.path, 'none'), { modified })
  expect(statSync(folder.path).mtimeMs).toBe(before)
  await takeTime(file, { modified: modified + 250 })
  expect(statSync(file).mtimeMs).toBe(modified)
  expect(await isWhole(file, { size: 3, modified })).toBe(true)
})
