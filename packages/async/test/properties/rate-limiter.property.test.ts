import { RateLimiter } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected, type Step } from './world.ts'

test(
  '[ASYNC-47] a rate limiter grants in order, at its rate, and takes nothing for aborted calls',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const model = new BucketModel(world)
      for (const step of script) {
        if (step.act < 9) model.acquire(step)
        else if (step.act < 11) await world.advance(step.pick)
        else model.tryAcquire(step)
        await world.after(step)
        model.expectSame()
      }
      await world.end()
      expect(model.limiter.available).toBe(BURST)
    })
  },
)

/** Counts in half tokens: one comes every millisecond. */
class BucketModel {
  readonly limiter = new RateLimiter({ limit: 1, interval: 2, burst: BURST })
  readonly #world: World
  readonly #waiting: { readonly halves: number; readonly expected: Expected }[] = []
  #halves = 2 * BURST
  #filled = 0

  constructor(world: World) {
    this.#world = world
    world.tick = () => this.#serve()
  }

  acquire(step: Step): void {
    const tokens = tokensOf(step)
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      join(this.#waiting, { halves: 2 * tokens, expected: wait }, wait, () => this.#serve())
      this.#serve()
    })
    this.#world.watch(expected, this.limiter.acquire({ ...options, tokens }))
  }

  tryAcquire(step: Step): void {
    const tokens = tokensOf(step)
    const granted = this.#waiting.length === 0 && this.#take(2 * tokens)
    expect(this.limiter.tryAcquire({ tokens })).toBe(granted)
  }

  expectSame(): void {
    expect(this.limiter.waiting).toBe(this.#waiting.length)
  }

  #serve(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (!this.#take(next.halves)) return
      this.#waiting.shift()
      next.expected.outcome = { value: undefined }
    }
  }

  #take(halves: number): boolean {
    const { now } = this.#world
    this.#halves = Math.min(this.#halves + now - this.#filled, 2 * BURST)
    this.#filled = now
    if (this.#halves < halves) return false
    this.#halves -= halves
    return true
  }
}

function tokensOf(step: Step): number {
  return 1 + (step.pick % BURST)
}

const BURST = 3
