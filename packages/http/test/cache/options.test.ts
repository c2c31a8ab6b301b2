import { createClient, memoryCache } from '@net/http'
import { expect, test } from 'vitest'

import { cacheOf, callCacheShape } from '../../src/cache/options.ts'

test('true means a cache in memory, and a call may only say no', () => {
  const cache = memoryCache()
  expect([cacheOf(undefined), cacheOf(false), cacheOf(cache)]).toEqual([
    undefined,
    undefined,
    cache,
  ])
  expect(cacheOf(true)).toMatchObject({ read: expect.any(Function) as unknown })
  expect([callCacheShape.fits(false), callCacheShape.fits(true)]).toEqual([true, false])
})

test('what is no cache is refused', () => {
  expect(() => createClient({ cache: 'folder' as never })).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('folderCache') as string,
    }),
  )
})
