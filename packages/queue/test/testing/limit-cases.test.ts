import { useFakeClock } from '@net/core/testing'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import type { Claimed, ClaimRequest } from '../../src/store.ts'
import { over } from './broken-queue.ts'

class Limitless extends MemoryStore {
  override claim({ rate: _, perGroup: __, ...request }: ClaimRequest): Promise<Claimed> {
    return super.claim(request)
  }
}

test.each([
  'no stretch of time holds more starts than the rate allows',
  'so many jobs of a group run at a time, and other groups do not wait for it',
  'a group that is at its rate is passed over, and loses no attempt',
])('a queue without limits does not pass: %s', async (only) => {
  using _clock = useFakeClock({ autoJump: true })
  await expect(checkQueue(over(Limitless), { only })).rejects.toThrow(only)
})
