import { Mutex, Semaphore, type Lease } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected, type Step } from './world.ts'

const cases = [
  ['[ASYNC-24] a mutex', 1, () => new Mutex()],
  ['[ASYNC-25] a semaphore', 2, () => new Semaphore(2)],
] as const

test.each(cases)(
  '%s is held by as many as may, and passed on in order',
  patience,
  async (_, permits, make) => {
    await checkScripts(async (script) => {
      using world = new World()
      const model = new LockModel(world, permits, make())
      for (const step of script) {
        if (step.act < 6) model.acquire(step)
        else if (step.act < 11) model.release(step.pick)
        else model.tryAcquire()
        await world.after(step)
        if (step.settle) model.expectSame()
      }
      await model.releaseAll()
      await world.end()
      expect(model.free()).toBe(permits)
    })
  },
)

class LockModel {
  readonly #world: World
  readonly #lock: Mutex | Semaphore
  readonly #waiting: { readonly expected: Expected }[] = []
  readonly #leases = new Set<Lease>()
  #free: number

  constructor(world: World, permits: number, lock: Mutex | Semaphore) {
    this.#world = world
    this.#free = permits
    this.#lock = lock
  }

  acquire(step: Step): void {
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#free > 0) this.#take(wait)
      else join(this.#waiting, { expected: wait }, wait)
    })
    const granted = this.#lock.acquire(options).then((lease) => {
      expect(lease.held).toBe(true)
      this.#leases.add(lease)
    })
    this.#world.watch(expected, granted)
  }

  tryAcquire(): void {
    const lease = this.#lock.tryAcquire()
    expect(lease !== undefined).toBe(this.#free > 0)
    if (lease === undefined) return
    this.#free--
    this.#leases.add(lease)
  }

  release(pick: number): void {
    const lease = [...this.#leases][pick]
    if (lease === undefined) return
    this.#leases.delete(lease)
    this.#free++
    const next = this.#waiting.shift()
    if (next !== undefined) this.#take(next.expected)
    lease.release()
    lease.release()
  }

  async releaseAll(): Promise<void> {
    do {
      this.release(0)
      await this.#world.check()
    } while (this.#leases.size > 0)
  }

  expectSame(): void {
    expect(this.#lock.waiting).toBe(this.#waiting.length)
  }

  /** How many can be acquired at once. */
  free(): number {
    let count = 0
    while (this.#lock.tryAcquire() !== undefined) count++
    return count
  }

  #take(expected: Expected): void {
    this.#free--
    expected.outcome = { value: undefined }
  }
}
