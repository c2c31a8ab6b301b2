import { useFakeClock } from '@net/core/testing'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import type { NewJob } from '../../src/store.ts'
import { over } from './broken-queue.ts'

class Overwriting extends MemoryStore {
  override async add(jobs: readonly NewJob[]): Promise<readonly undefined[]> {
    for (const { id } of jobs) await this.remove(id)
    await super.add(jobs)
    return jobs.map(() => undefined)
  }
}

test('a queue that takes an id twice does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'adding an id that waits says so, and changes nothing'
  await expect(checkQueue(over(Overwriting), { only })).rejects.toThrow(only)
})

class Hasty extends MemoryStore {
  override add(jobs: readonly NewJob[]): ReturnType<MemoryStore['add']> {
    return super.add(jobs.map((job) => ({ ...job, delay: job.delay / 2 })))
  }
}

test('a queue that starts jobs too early does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'a delayed job is not started before its time'
  await expect(checkQueue(over(Hasty), { only })).rejects.toThrow('too early')
})
