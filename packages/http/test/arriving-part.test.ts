import { createHash } from 'node:crypto'

import { openSink } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { ArrivingPart } from '../src/arriving-part.ts'

test('the beginning is left out across chunks; the rest is hashed and counted', async () => {
  const got: string[] = []
  const sink = await openSink((chunk) => void got.push(Buffer.from(chunk).toString()))
  const hash = createHash('sha256')
  let arrived = 0
  const part = new ArrivingPart(sink, {
    skip: 5,
    hash,
    arrived: (bytes) => void (arrived += bytes),
  })
  await part.writeAll([Buffer.from('abc'), Buffer.from('defg')])
  await part.write(Buffer.from('h'))
  await part.commit({ size: 3 })
  expect(got).toEqual(['fg', 'h'])
  expect(arrived).toBe(3)
  expect(hash.digest('hex')).toBe(createHash('sha256').update('fgh').digest('hex'))
  expect(part.position).toBe(3)
  expect(part.keepsChunks).toBe(true)
})

test('a sink that fails by itself tells it, and is given up as it is', async () => {
  const stream = new WritableStream<Uint8Array>()
  await using part = new ArrivingPart(await openSink(stream), {
    skip: 0,
    hash: undefined,
    arrived() {},
  })
  part.onFailure(() => {})
  await part.abort(new Error('enough'))
  await expect(part.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'NET_CLOSED' })
})
