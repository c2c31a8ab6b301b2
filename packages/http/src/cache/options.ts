/* The options `cache`: of a client, where answers are kept; of a call, whether it uses them. */

import { option, shape, type Shape } from '@net/core/authoring'

import type { HttpCache } from './entry.ts'
import { memoryCache } from './memory-cache.ts'

/** The option of a client. */
export const clientCacheShape: Shape<boolean | HttpCache> = option.either<boolean | HttpCache>(
  [
    option.flag,
    option.methods<HttpCache>('a cache, such as memoryCache()', 'seal', 'read', 'write', 'delete'),
  ],
  'true, false, memoryCache() or folderCache()',
)

/** The option of a call. */
export const callCacheShape: Shape<false> = shape('false', (value) => value === false)

/** The cache that the option means. */
export function cacheOf(given: boolean | HttpCache | undefined): HttpCache | undefined {
  if (given === undefined || given === false) return undefined
  return given === true ? memoryCache() : given
}
