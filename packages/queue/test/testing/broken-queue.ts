/* Queues over a store that does one thing wrong, for tests of what `checkQueue` finds. */

import type { QueueUnderTest } from '@net/queue/testing'

import { QueueOverStore } from '../../src/job-queue.ts'
import type { MemoryStore } from '../../src/memory/memory-store.ts'
import { queuePlan } from '../../src/queue-options.ts'
import type { RetentionRules } from '../../src/store.ts'

/** Makes places for jobs over stores of this class. */
export function over(
  Store: new (keep: RetentionRules, closed: () => void) => MemoryStore,
): () => Promise<QueueUnderTest> {
  return async () => {
    let store: MemoryStore | undefined
    return {
      open: (options) => {
        const plan = queuePlan(options)
        store ??= new Store(plan.keep, () => {})
        // What they do wrong is in the methods that give promises.
        Reflect.set(store, 'atOnce', undefined)
        return new QueueOverStore('broken', store, plan)
      },
      async [Symbol.asyncDispose]() {},
    }
  }
}
