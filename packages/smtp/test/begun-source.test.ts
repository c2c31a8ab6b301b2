import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { fromFile, fromText } from '@net/core'
import { openSource } from '@net/core/authoring'
import { expect, onTestFinished, test } from 'vitest'

import { beginSource } from '../src/begun-source.ts'

test('a source that fails at once is found out', async () => {
  const mine: Error = Object.freeze(new Error('mine'))
  const source = await openSource(async function* () {
    if (mine.message !== '') throw mine
    yield Buffer.from('x')
  })
  await expect(beginSource(source)).rejects.toBe(mine)
})

test('all bytes are there, also where there are none', async () => {
  for (const content of ['', 'abc']) {
    expect(await text(await beginSource(await openSource(fromText(content))))).toBe(content)
  }
})

test('a source may use one buffer for all its chunks', async () => {
  const source = await openSource(async function* () {
    const shared = Buffer.alloc(1)
    for (const byte of Buffer.from('abc')) {
      shared[0] = byte
      yield shared
    }
  })
  const heard: string[] = []
  for await (const chunk of await beginSource(source)) heard.push(Buffer.from(chunk).toString())
  expect(heard.join('')).toBe('abc')
})

test('a file is read in blocks, each of which stays as it is until the one after it is asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file')
  for (const length of [1, 262_144, 262_145, 1_000_000]) {
    const bytes = Buffer.alloc(length, 'the bytes of a file ')
    writeFileSync(path, bytes)
    await using source = await openSource(fromFile(path))
    const heard: Buffer[] = []
    for await (const block of await beginSource(source)) heard.push(Buffer.from(block))
    expect(Buffer.concat(heard).equals(bytes)).toBe(true)
  }
})
