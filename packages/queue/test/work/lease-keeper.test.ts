import type { Linked } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import { queuePlan } from '../../src/queue-options.ts'
import { LeaseKeeper, type LeasedRun } from '../../src/work/lease-keeper.ts'

class Run implements LeasedRun, Linked<Run> {
  before: Run | undefined
  after: Run | undefined
  listed = false
  readonly lease: { readonly id: string; readonly token: string }
  readonly said: string[] = []

  constructor(id: string) {
    this.lease = { id, token: 't' }
  }

  renewed(leaseEnd: number): void {
    this.said.push(`renewed until ${leaseEnd}`)
  }

  holds(): boolean {
    return true
  }

  lose(): void {
    this.said.push('lost')
  }

  warn(message: string): void {
    this.said.push(message)
  }
}

class Store extends MemoryStore {
  override renew(): Promise<readonly string[]> {
    return Promise.resolve(['b'])
  }
}

test('leases are prolonged while jobs run, and a lost one is told', async () => {
  using clock = useFakeClock()
  const keeper = new LeaseKeeper(new Store(queuePlan(undefined).keep, () => {}), 300)
  const [a, b] = [new Run('a'), new Run('b')]
  keeper.add(a)
  keeper.add(b)
  await clock.advance(100)
  expect([a.said, b.said]).toEqual([['renewed until 400'], ['lost']])
  keeper.delete(b)
  await clock.advance(100)
  expect(a.said).toEqual(['renewed until 400', 'renewed until 500'])
  keeper.delete(a)
  await clock.advance(100)
  expect(clock.timers).toBe(0)
  keeper.close()
})

test('a store that does not answer is asked again', async () => {
  using clock = useFakeClock()
  const store = new MemoryStore(queuePlan(undefined).keep, () => {})
  let asked = 0
  store.renew = async () => {
    asked++
    throw new Error('away')
  }
  const keeper = new LeaseKeeper(store, 300)
  keeper.add(new Run('a'))
  await clock.advance(250)
  expect(asked).toBe(2)
  keeper.close()
  expect(clock.timers).toBe(0)
})

test('jobs beside which the event loop did not turn for half a lease are told', async () => {
  const store = new MemoryStore(queuePlan(undefined).keep, () => {})
  store.renew = async () => []
  const blocked = async (lease: number): Promise<readonly string[]> => {
    const keeper = new LeaseKeeper(store, lease)
    const run = new Run('a')
    keeper.add(run)
    const end = performance.now() + 100
    while (performance.now() < end);
    await expect.poll(() => run.said.length).toBeGreaterThan(0)
    keeper.close()
    return run.said
  }
  // Its look is due after a third of the lease.
  expect(await blocked(120)).toContainEqual(expect.stringMatching(/^the event loop did not turn/))
  expect((await blocked(6000)).join()).not.toContain('the event loop')
})
