import { LifoQueue } from '@net/async'
import { expect, test } from 'vitest'

test('[ASYNC-34] hands out the newest item', async () => {
  const queue = new LifoQueue<number>({ max: 3 })
  for (const item of [1, 2, 3]) await queue.put(item)
  expect(queue.tryPut(4)).toBe(false)
  expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([3, 2, 1])
})
