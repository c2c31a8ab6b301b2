import { createZstdDecompress, zstdCompressSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { tellsCutZstd } from '../../src/middleware/zstd.ts'

test('says whether this runtime reports an incomplete body', async () => {
  const whole = zstdCompressSync(Buffer.from('more than a word '.repeat(100)))
  const decoder = createZstdDecompress()
  decoder.end(whole.subarray(0, -5))
  const outcome = await decoder
    .resume()
    .toArray()
    .then(
      () => 'taken for whole',
      () => 'refused',
    )
  expect(tellsCutZstd()).toBe(outcome === 'refused')
})
