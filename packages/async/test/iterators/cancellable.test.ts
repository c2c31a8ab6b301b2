import { getEventListeners } from 'node:events'

import { Queue, sleep, taskGroup } from '@net/async'
import { cancellable, filter } from '@net/async/iterators'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

async function* slow(trail: string[]): AsyncGenerator<number> {
  try {
    for (let item = 1; ; item++) {
      await sleep(100)
      yield item
    }
  } finally {
    trail.push('closed')
  }
}

describe('cancellable', () => {
  test('a loop over anything ends with its task, and the group with its own error', async () => {
    using clock = useFakeClock({ autoJump: true })
    const queue = new Queue<number>()
    const began = clock.now()
    const group = taskGroup(async (tasks) => {
      tasks.spawn('worker', async ({ signal }) => {
        const odd = filter(queue, (item) => item % 2 === 1)
        for await (const item of cancellable(odd, { signal })) expect(item).toBe(1)
      })
      tasks.spawn('other', async () => {
        await sleep(20)
        throw new Error('boom')
      })
    })
    await expect(group).rejects.toThrow(/^boom$/u)
    expect(clock.now() - began).toBe(20)
    await queue.put(3)
    expect(queue.size).toBe(1)
  })

  test('limits the wait for each item, and closes the source', async () => {
    using _clock = useFakeClock({ autoJump: true })
    const trail: string[] = []
    const items = cancellable(slow(trail), { timeout: 150 })
    expect((await items.next()).value).toBe(1)
    expect((await items.next()).value).toBe(2)
    const strict = cancellable(slow(trail), { timeout: 50 })
    await expect(strict.next()).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 50 })
    expect(await strict.next()).toEqual({ done: true, value: undefined })
    await items.return?.()
    expect(trail).toEqual(['closed'])
    await sleep(100)
    expect(trail).toEqual(['closed', 'closed'])
  })

  test('with an aborted signal no item is taken, though one is there', async () => {
    const queue = new Queue<number>()
    await queue.put(1)
    const loop = cancellable(queue, { signal: AbortSignal.abort() })
    await expect(loop.next()).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(queue.size).toBe(1)
  })

  test('gives all items, closes where it is left, and passes errors on', async () => {
    expect(await Array.fromAsync(cancellable('abc'))).toEqual(['a', 'b', 'c'])
    const trail: string[] = []
    const kept = async function* (): AsyncGenerator<number> {
      try {
        yield 1
        throw new Error('cut')
      } finally {
        trail.push('closed')
      }
    }
    for await (const _ of cancellable(kept())) break
    expect(trail).toEqual(['closed'])
    await expect(Array.fromAsync(cancellable(kept()))).rejects.toThrow('cut')
  })

  test('refuses a wrong limit when it is read', async () => {
    await expect(cancellable([1], { timeout: 0 }).next()).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })
})

test('an iterator that throws where it should reject fails the loop, and leaves no wait behind', async () => {
  using clock = useFakeClock()
  const controller = new AbortController()
  const { signal } = controller
  const broken: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next(): never {
        throw new Error('broken')
      },
    }),
  }
  await expect(Array.fromAsync(cancellable(broken, { timeout: 1000, signal }))).rejects.toThrow(
    'broken',
  )
  expect(clock.timers).toBe(0)
  // Our listener stays on a signal for a turn.
  await new Promise((resolve) => setImmediate(resolve))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
