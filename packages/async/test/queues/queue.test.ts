import { Queue } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Queue', () => {
  test('[ASYNC-33] hands out items first in, first out', async () => {
    const queue = new Queue<string>()
    await queue.put('a')
    expect(queue.tryPut('b')).toBe(true)
    expect(queue.size).toBe(2)
    expect(await queue.get()).toBe('a')
    expect(queue.tryGet()).toBe('b')
    expect(queue.tryGet()).toBeUndefined()
  })

  test('[ASYNC-33] is bounded: puts wait for room, in order', async () => {
    const queue = new Queue<number>({ max: 1 })
    await queue.put(1)
    expect(queue.tryPut(2)).toBe(false)
    const order: number[] = []
    const puts = [2, 3].map(async (item) => {
      await queue.put(item)
      order.push(item)
    })
    expect(queue.waiting).toEqual({ putters: 2, getters: 0 })
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([1, 2, 3])
    await Promise.all(puts)
    expect(order).toEqual([2, 3])
  })

  test('[ASYNC-33] gets wait for items, in order, and have a signal and a limit', async () => {
    using clock = useFakeClock()
    const queue = new Queue<number>()
    const controller = new AbortController()
    await checkNoLeaks(
      async () => {
        const first = queue.get({ signal: controller.signal })
        const second = queue.get({ timeout: 100 })
        const third = queue.get({ signal: controller.signal, timeout: 1000 })
        const limited = failure(second)
        await clock.advance(100)
        expect(await limited).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
        await queue.put(1)
        await queue.put(2)
        expect(await Promise.all([first, third])).toEqual([1, 2])
      },
      { listeners: [controller.signal] },
    )
  })

  test('an aborted call has put nothing and taken nothing', async () => {
    const queue = new Queue<number>({ max: 1 })
    const controller = new AbortController()
    const { signal } = controller
    await queue.put(1)
    const put = queue.put(2, { signal })
    controller.abort()
    await expect(put).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(await queue.get()).toBe(1)
    expect(queue.size).toBe(0)
    const other = new AbortController()
    const get = queue.get({ signal: other.signal })
    other.abort()
    await expect(get).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await queue.put(3)
    expect(await queue.get()).toBe(3)
  })

  test('a grant and an abort in one turn lose nothing: the item is delivered', async () => {
    const queue = new Queue<number>()
    const controller = new AbortController()
    const get = queue.get({ signal: controller.signal })
    await queue.put(1)
    controller.abort()
    expect(await get).toBe(1)
  })

  test('[ASYNC-33] join waits until the work on every item is done', async () => {
    const queue = new Queue<number>()
    await queue.join()
    await queue.put(1)
    await queue.put(2)
    let done = false
    const joined = queue.join().then(() => (done = true))
    await queue.get()
    queue.taskDone()
    await queue.get()
    expect(queue.size).toBe(0)
    expect(done).toBe(false)
    expect(queue.unfinished).toBe(1)
    queue.taskDone()
    await joined
    expect(() => queue.taskDone()).toThrow(expect.objectContaining({ code: 'NET_NOT_HELD' }))
  })

  test('[ASYNC-35] a shutdown drains: items that are there are delivered, none is added', async () => {
    const queue = new Queue<number>({ max: 1 })
    const closed = { code: 'NET_QUEUE_CLOSED' }
    await queue.put(1)
    const late = failure(queue.put(2))
    expect(queue.shutdown()).toEqual([])
    expect(await late).toMatchObject(closed)
    expect(queue.closed).toBe(true)
    await expect(queue.put(3)).rejects.toMatchObject(closed)
    expect(() => queue.tryPut(3)).toThrow(expect.objectContaining(closed))
    expect(await queue.get()).toBe(1)
    await expect(queue.get()).rejects.toMatchObject(closed)
    expect(() => queue.tryGet()).toThrow(expect.objectContaining(closed))
  })

  test('[ASYNC-35] an immediate shutdown returns the remaining items, and ends join', async () => {
    const queue = new Queue<number>()
    await queue.put(1)
    await queue.put(2)
    const joined = queue.join()
    expect(queue.shutdown({ immediate: true })).toEqual([1, 2])
    await joined
    await expect(queue.get()).rejects.toMatchObject({ code: 'NET_QUEUE_CLOSED' })
  })

  test('[ASYNC-35] a shutdown ends calls that wait for items, and iterations', async () => {
    const queue = new Queue<number>()
    const ended = failure(queue.get())
    const seen: number[] = []
    const loop = (async () => {
      for await (const item of queue) seen.push(item)
    })()
    await Promise.resolve()
    queue.shutdown()
    expect(await ended).toMatchObject({ code: 'NET_QUEUE_CLOSED' })
    await loop
    expect(seen).toEqual([])
  })

  test('is iterated until it is shut down and empty; leaving the loop leaves it as it is', async () => {
    const queue = new Queue<number>()
    for (const item of [1, 2, 3]) await queue.put(item)
    for await (const item of queue) if (item === 1) break
    queue.shutdown()
    const rest: number[] = []
    for await (const item of queue) rest.push(item)
    expect(rest).toEqual([2, 3])
  })

  test('refuses a wrong maximum', () => {
    expect(() => new Queue({ max: 0 })).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  })

  test('hands every item from a producer to a consumer that run at once', async () => {
    const queue = new Queue<number>({ max: 8 })
    const count = 10_000
    let sum = 0
    await Promise.all([
      (async () => {
        for (let item = 0; item < count; item++) await queue.put(item)
      })(),
      (async () => {
        for (let item = 0; item < count; item++) sum += await queue.get()
      })(),
    ])
    expect(sum).toBe((count * (count - 1)) / 2)
  })
})

test('a store that refuses an item fails its put, now or later, and nothing else', async () => {
  const items: string[] = []
  const store = {
    get size() {
      return items.length
    },
    push(item: string) {
      if (item === 'bad') throw new Error('refused')
      items.push(item)
    },
    take: () => items.shift() ?? '',
  }
  const queue = new Queue<string>({ max: 1, store })
  await expect(queue.put('bad')).rejects.toThrow('refused')
  expect(queue.unfinished).toBe(0)
  await queue.put('a')
  const late = queue.put('bad')
  const later = queue.put('b')
  expect(await queue.get()).toBe('a')
  await expect(late).rejects.toThrow('refused')
  await later
  expect(await queue.get()).toBe('b')
  queue.taskDone()
  queue.taskDone()
  await queue.join()
})

test('a store that throws when an item is taken fails that call alone', async () => {
  const items: string[] = []
  let isBroken = true
  const queue = new Queue<string>({
    store: {
      get size() {
        return items.length
      },
      push: (item: string) => void items.push(item),
      take() {
        if (!isBroken) return items.shift() ?? ''
        isBroken = false
        throw new Error('cannot take')
      },
    },
  })
  await queue.put('a')
  const taking = queue.get()
  await expect(taking).rejects.toThrow('cannot take')
  expect(await queue.get()).toBe('a')
})
