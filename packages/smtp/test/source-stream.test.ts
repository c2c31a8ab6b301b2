import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'

import { fromText } from '@net/core'
import { openSource } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { openingFor } from './opening.ts'
import { rawContent, SourceStream } from '../src/source-stream.ts'

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

test('a finished message announces its properties if they are known', async () => {
  const known = await openingFor((opening) => rawContent(fromText('abc\n'), opening))
  expect(known).toMatchObject({
    size: 'abc\r\n'.length,
    eightBit: false,
    utf8Headers: false,
    fault: undefined,
  })
  await known.close()
  const international = fromText('Subject: ä\n\nx')
  const odd = await openingFor((opening) => rawContent(international, opening))
  expect(odd).toMatchObject({ eightBit: true, utf8Headers: true })
  await odd.close()
})

test('a message that can be read once may have any bytes, and no size', async () => {
  const unknown = await openingFor((opening) =>
    rawContent(async function* () {
      yield Buffer.from('Subject: x\n\n')
    }, opening),
  )
  expect(unknown).toMatchObject({ eightBit: true, utf8Headers: false })
  expect(unknown).not.toHaveProperty('size')
  await unknown.close()
})
