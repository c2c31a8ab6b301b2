import { Barrier } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected, type Step } from './world.ts'

test(
  '[ASYNC-28] a barrier opens for whole parties only, in every order of leaving, breaking and mending',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const model = new BarrierModel(world, 1 + ((script[0] as Step).pick % 4))
      for (const step of script) {
        if (step.act < 10) model.wait(step)
        else if (step.act === 10) model.abort()
        else model.reset()
        await world.after(step)
        model.expectSame()
      }
      model.abort()
      await world.end()
    })
  },
)

class BarrierModel {
  readonly #world: World
  readonly #barrier: Barrier
  readonly #waiting: Expected[] = []
  #broken = false

  constructor(world: World, parties: number) {
    this.#world = world
    this.#barrier = new Barrier(parties)
  }

  wait(step: Step): void {
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#broken) wait.outcome = { code: 'NET_BARRIER_BROKEN' }
      else if (this.#waiting.length + 1 < this.#barrier.parties) join(this.#waiting, wait, wait)
      else {
        const all = [...this.#waiting.splice(0), wait]
        for (const [party, each] of all.entries()) each.outcome = { value: party }
      }
    })
    this.#world.watch(expected, this.#barrier.wait(options))
  }

  abort(): void {
    this.#broken = true
    this.#fail()
    this.#barrier.abort()
  }

  reset(): void {
    this.#broken = false
    this.#fail()
    this.#barrier.reset()
  }

  expectSame(): void {
    expect(this.#barrier.broken).toBe(this.#broken)
    expect(this.#barrier.waiting).toBe(this.#waiting.length)
  }

  #fail(): void {
    for (const expected of this.#waiting.splice(0)) {
      expected.outcome = { code: 'NET_BARRIER_BROKEN' }
    }
  }
}
