import { expect, test } from 'vitest'

import { chunksOf } from '../src/source-chunks.ts'

test('the bytes behind the first ones, wherever chunks end', async () => {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (const text of ['abc', 'd', 'efg']) yield Buffer.from(text)
  }
  for (let skip = 0; skip <= 8; skip++) {
    const rest = Buffer.concat(await Array.fromAsync(chunksOf(source, skip))).toString()
    expect(rest).toBe('abcdefg'.slice(skip))
  }
})
