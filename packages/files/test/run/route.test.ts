import { useFakeClock } from '@net/core/testing'
import { memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { onRoute } from './route-of.ts'

test('the hash is one that both sides have, and only if it is wanted', async () => {
  const [from, to, none] = [
    memoryFiles({ can: { hashes: ['md5', 'sha1'] } }),
    memoryFiles({ can: { hashes: ['sha1'] } }),
    memoryFiles({ can: { hashes: [] } }),
  ]
  expect(await onRoute(from, to, async ({ hash }) => hash, { verify: 'hash' })).toBe('sha1')
  expect(await onRoute(from, to, async ({ hash }) => hash)).toBeUndefined()
  expect(await onRoute(from, none, async ({ hash }) => hash, { verify: 'hash' })).toBeUndefined()
})

test('bytes are held back to the bandwidth', async () => {
  using clock = useFakeClock()
  const passed = onRoute(
    memoryFiles(),
    memoryFiles(),
    async (route, op) => {
      const began = clock.now()
      for (let chunk = 0; chunk < 9; chunk++) await route.pass(500, op.signal)
      return clock.now() - began
    },
    { bandwidth: 1000 },
  )
  await clock.advance(10_000)
  // A quarter of a second is let through at once.
  expect(await passed).toBeGreaterThanOrEqual(4_000)
  expect(await passed).toBeLessThan(5_000)
})
