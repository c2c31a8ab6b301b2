import { expect, test } from 'vitest'

import { memoryStore } from '../../src/memory/memory-stores.ts'
import { queuePlan } from '../../src/queue-options.ts'

test('a store is gone when the last queue that uses it is closed', async () => {
  const { keep } = queuePlan(undefined)
  const first = memoryStore('stores', keep)
  expect(memoryStore('stores', keep)).toBe(first)
  await first.close()
  expect(memoryStore('stores', keep)).toBe(first)
  await first.close()
  await first.close()
  const next = memoryStore('stores', keep)
  expect(next).not.toBe(first)
  await next.close()
})
