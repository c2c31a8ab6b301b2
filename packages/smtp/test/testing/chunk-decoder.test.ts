import { expect, test } from 'vitest'

import { ChunkDecoder } from '../../src/testing/chunk-decoder.ts'

test('collects chunks, wherever their bytes are cut', () => {
  for (let at = 0; at <= 5; at++) {
    const decoder = new ChunkDecoder(100)
    decoder.begin(5)
    const bytes = Buffer.from('helloNOOP')
    const rest = decoder.push(bytes.subarray(0, at)) ?? decoder.push(bytes.subarray(at))
    expect(rest?.toString()).toBe(at === 5 ? '' : 'NOOP')
    decoder.begin(2)
    expect(decoder.push(Buffer.from('!!'))?.length).toBe(0)
    expect(decoder.message().toString()).toBe('hello!!')
    expect(decoder.tooLong).toBe(false)
  }
})

test('keeps nothing of a message that is too long', () => {
  const decoder = new ChunkDecoder(4)
  decoder.begin(5)
  expect(decoder.push(Buffer.from('hello'))?.length).toBe(0)
  expect(decoder.tooLong).toBe(true)
  expect(decoder.message().length).toBe(0)
})
