import { Queue } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected, type Step } from './world.ts'

test(
  '[ASYNC-33] a queue loses and doubles no item, with aborts at any time',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const model = new QueueModel(world, 1 + ((script[0] as Step).pick % 3))
      for (const step of script) {
        if (step.act < 5) model.put(step)
        else if (step.act < 10) model.get(step)
        else if (step.act === 10) model.tryBoth(step)
        else if (step.pick === 0) model.shutdown(false)
        else if (step.pick === 1) model.shutdown(true)
        await world.after(step)
      }
      model.expectSame()
      model.shutdown(true)
      await world.end()
      expect(model.all.toSorted((a, b) => a - b)).toEqual(model.accepted)
    })
  },
)

class QueueModel {
  readonly #world: World
  readonly #queue: Queue<number>
  readonly #max: number
  readonly #items: number[] = []
  readonly #getters: { readonly expected: Expected }[] = []
  readonly #putters: { readonly item: number; readonly expected: Expected }[] = []
  readonly #got: number[] = []
  readonly #thrownAway: number[] = []
  readonly accepted: number[] = []
  #next = 0
  #closed = false

  constructor(world: World, max: number) {
    this.#world = world
    this.#max = max
    this.#queue = new Queue({ max })
  }

  get all(): readonly number[] {
    return [...this.#got, ...this.#thrownAway]
  }

  put(step: Step): void {
    const item = this.#next++
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#closed) wait.outcome = { code: 'NET_QUEUE_CLOSED' }
      else if (this.#accept(item)) wait.outcome = { value: undefined }
      else join(this.#putters, { item, expected: wait }, wait)
    })
    this.#world.watch(expected, this.#queue.put(item, options))
  }

  get(step: Step): void {
    const options = this.#world.options(step)
    const expected = this.#world.expect(options, (wait) => {
      if (this.#items.length > 0) wait.outcome = { value: this.#take() }
      else if (this.#closed) wait.outcome = { code: 'NET_QUEUE_CLOSED' }
      else join(this.#getters, { expected: wait }, wait)
    })
    this.#world.watch(expected, this.#queue.get(options))
  }

  tryBoth(step: Step): void {
    if (this.#closed) return
    if (step.pick % 2 === 0) {
      const item = this.#next++
      expect(this.#queue.tryPut(item)).toBe(this.#accept(item))
    } else {
      expect(this.#queue.tryGet()).toBe(this.#items.length > 0 ? this.#take() : undefined)
    }
  }

  shutdown(immediate: boolean): void {
    this.#closed = true
    for (const { expected } of [...this.#getters.splice(0), ...this.#putters.splice(0)]) {
      expected.outcome = { code: 'NET_QUEUE_CLOSED' }
    }
    const left = immediate ? this.#items.splice(0) : []
    expect(this.#queue.shutdown({ immediate })).toEqual(left)
    this.#thrownAway.push(...left)
  }

  expectSame(): void {
    expect(this.#queue.size).toBe(this.#items.length)
    expect(this.#queue.waiting).toEqual({
      putters: this.#putters.length,
      getters: this.#getters.length,
    })
    expect(this.#queue.unfinished).toBe(this.accepted.length - this.#thrownAway.length)
  }

  #accept(item: number): boolean {
    const getter = this.#getters.shift()
    if (getter === undefined && this.#items.length >= this.#max) return false
    this.accepted.push(item)
    this.accepted.sort((a, b) => a - b)
    if (getter === undefined) this.#items.push(item)
    else {
      this.#got.push(item)
      getter.expected.outcome = { value: item }
    }
    return true
  }

  #take(): number {
    const item = this.#items.shift() as number
    this.#got.push(item)
    const putter = this.#putters.shift()
    if (putter !== undefined) {
      putter.expected.outcome = { value: undefined }
      this.#accept(putter.item)
    }
    return item
  }
}
