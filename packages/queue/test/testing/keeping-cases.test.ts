import { useFakeClock } from '@net/core/testing'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import type { RetentionRules } from '../../src/store.ts'
import { over } from './broken-queue.ts'

class Hoarding extends MemoryStore {
  constructor({ failed, unknown }: RetentionRules, closed: () => void) {
    super({ done: failed, failed, unknown }, closed)
  }
}

test.each([
  'finished jobs are kept up to a count, the latest ones',
  'finished jobs are kept up to so many bytes',
])('a queue that keeps too much does not pass: %s', async (only) => {
  using _clock = useFakeClock({ autoJump: true })
  await expect(checkQueue(over(Hoarding), { only })).rejects.toThrow(only)
})
