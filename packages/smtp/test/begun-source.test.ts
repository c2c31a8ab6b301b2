import { text } from 'node:stream/consumers'

import { fromText } from '@net/core'
import { openSource } from '@net/core/authoring'
import { expect, test } from 'vitest'

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
