import { Condition, type Lease } from '@net/async'
import { isNetError } from '@net/core'
import { expect, test } from 'vitest'

import { checkScripts, patience, World, type Step } from './world.ts'

test(
  '[ASYNC-27] a condition loses no notification and no lock, with aborts at any time',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const crowd = new Crowd(world)
      for (const step of script) {
        if (step.act < 7) crowd.enter(step)
        else crowd.notify(step.pick % 3)
        await world.after(step)
        crowd.expectNobodyTwice()
      }
      await crowd.end()
      world.expectClean()
    })
  },
)

/** Each waits once on the condition, holds the lock for a turn or two, and goes. */
class Crowd {
  readonly #world: World
  readonly #condition = new Condition()
  readonly #inside = new Set<number>()
  #next = 0
  #present = 0
  #notified = 0
  #woken = 0
  #gaveUp = 0
  #most = 0

  constructor(world: World) {
    this.#world = world
  }

  enter(step: Step): void {
    this.#present++
    void this.#visit(step, this.#next++).finally(() => this.#present--)
  }

  notify(count: number): void {
    // Only those who wait are woken; what is too much is not kept for later.
    this.#notified += Math.min(count, this.#condition.waiting)
    this.#condition.notify(count)
  }

  expectNobodyTwice(): void {
    expect(this.#most).toBeLessThanOrEqual(1)
  }

  async end(): Promise<void> {
    for (const controller of this.#world.all) controller.abort()
    while (this.#present > 0) {
      await this.#world.advance(10)
      this.notify(this.#condition.waiting)
      await this.#world.clock.until(() => true)
    }
    expect(this.#woken).toBe(this.#notified)
    expect(this.#woken + this.#gaveUp).toBe(this.#next)
    expect(this.#condition.mutex.locked).toBe(false)
    expect(this.#condition.mutex.waiting).toBe(0)
    this.expectNobodyTwice()
  }

  async #visit(step: Step, visitor: number): Promise<void> {
    using lease = await this.#condition.mutex.acquire()
    this.#alone(visitor, lease)
    try {
      this.#inside.delete(visitor)
      await this.#condition.wait(lease, this.#world.options(step))
      this.#woken++
    } catch (error) {
      expect(isNetError(error) && error.code).toMatch(/^NET_(?:ABORTED|TIMEOUT_TOTAL)$/u)
      this.#gaveUp++
    }
    // Woken or not, it has the lock again, and nobody else has.
    this.#alone(visitor, lease)
    for (let turns = step.pick; turns > 0; turns--) await Promise.resolve()
    this.#alone(visitor, lease)
    this.#inside.delete(visitor)
  }

  #alone(visitor: number, lease: Lease): void {
    if (!lease.held) this.#most = Infinity
    this.#inside.add(visitor)
    this.#most = Math.max(this.#most, this.#inside.size)
  }
}
