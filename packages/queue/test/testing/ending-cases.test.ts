import { useFakeClock } from '@net/core/testing'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import type { Settlement } from '../../src/store.ts'
import { over } from './broken-queue.ts'

class Eager extends MemoryStore {
  override settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    return super.settle(settlements.map((each) => ({ ...each, delay: 0 })))
  }
}

test('a queue that repeats at once does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'an error is not repeated before its time'
  await expect(checkQueue(over(Eager), { only })).rejects.toThrow('after 0')
})

class Forgetful extends MemoryStore {
  override async mark(): Promise<boolean> {
    return true
  }
}

test('a queue that keeps no marks does not pass', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const only = 'a mark is kept before it is believed, and a marked job that returns is done'
  await expect(checkQueue(over(Forgetful), { only })).rejects.toThrow(only)
})
