import { useFakeClock } from '@net/core/testing'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import type { Claimed, ClaimRequest } from '../../src/store.ts'
import { over } from './broken-queue.ts'

class Trusting extends MemoryStore {
  override async claim(request: ClaimRequest): Promise<Claimed> {
    const { jobs, ...claimed } = await super.claim({ ...request, single: false })
    return { ...claimed, jobs: jobs.map((job) => ({ ...job, alone: false })) }
  }
}

test('a queue that does not count the attempts of dead workers does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'a job whose worker dies each time is parked when its attempts are used up'
  await expect(checkQueue(over(Trusting), { only })).rejects.toThrow(only)
})

test('a queue that starts jobs that died together beside each other does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'jobs that died together are started again alone, and keep their attempts'
  await expect(checkQueue(over(Trusting), { only })).rejects.toThrow(only)
})
