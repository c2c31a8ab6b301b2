import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'

import { fromText } from '@net/core'
import { openSource } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

import { SourceStream } from '../src/source-stream.ts'

test('gives the bytes of the source', async () => {
  const stream = new SourceStream(await openSource(fromText('abc')))
  expect(await text(stream.readable)).toBe('abc')
  expect(stream.fault).toBeUndefined()
})

test('a source may use one buffer for all its chunks', async () => {
  const stream = new SourceStream(
    await openSource(async function* () {
      const buffer = Buffer.alloc(1000)
      for (let number = 0; number < 100; number++) yield buffer.fill(number)
    }),
  )
  // Read ahead as far as it goes.
  await once(stream.readable, 'readable')
  await new Promise((resolve) => setImmediate(resolve))
  const all = await buffer(stream.readable)
  expect(all.every((byte, at) => byte === Math.floor(at / 1000))).toBe(true)
  expect(all.length).toBe(100_000)
})

test("keeps what the caller's source threw as it is", async () => {
  const mine: Error = Object.freeze(new Error('mine'))
  const stream = new SourceStream(
    await openSource(async function* () {
      yield Buffer.from('x')
      throw mine
    }),
  )
  await expect(text(stream.readable)).rejects.toThrow('the source failed')
  expect(stream.fault?.error).toBe(mine)
})

test('lets go of a source in the middle of it', async () => {
  let ended = false
  const stream = new SourceStream(
    await openSource(async function* () {
      try {
        for (;;) yield Buffer.from('x')
      } finally {
        ended = true
      }
    }),
  )
  await new Promise((resolve) => {
    stream.readable.once('data', resolve)
  })
  await stream.close()
  expect(ended).toBe(true)
  expect(stream.readable.destroyed).toBe(true)
})

describe('before it is read', () => {
  test('a source that fails at once is found out', async () => {
    const mine = new Error('mine')
    const stream = new SourceStream(
      await openSource(async function* () {
        if (mine.message !== '') throw mine
        yield Buffer.from('x')
      }),
    )
    await expect(stream.begin()).rejects.toBe(mine)
  })

  test('the first bytes stay where they are, also where there are none', async () => {
    for (const content of ['', 'abc']) {
      const stream = new SourceStream(await openSource(fromText(content)))
      await stream.begin()
      expect(await text(stream.readable)).toBe(content)
    }
  })
})
