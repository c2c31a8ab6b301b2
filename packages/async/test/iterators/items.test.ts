import { describe, expect, test, vi } from 'vitest'

import { AsyncItems, Items } from '../../src/iterators/items.ts'

describe('Items', () => {
  test('closes an iterator that has items left, and no other', async () => {
    const closed: string[] = []
    function* numbers(name: string): Generator<number> {
      try {
        yield 1
        yield 2
      } finally {
        closed.push(name)
      }
    }
    const left = new Items(numbers('left'))
    expect(left.take()).toEqual({ done: false, value: 1 })
    await left.leave()
    await left.leave()
    expect(closed).toEqual(['left'])
  })

  test('what closing throws is a warning', async () => {
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const items = new Items({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('jammed')
        },
      }),
    })
    items.take()
    await items.leave()
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('jammed'), {
      code: 'NET_DISCARD_FAILED',
    })
  })
})

describe('AsyncItems', () => {
  test('asks the iterator for one item at a time, in the order of the calls', async () => {
    let asked = 0
    let most = 0
    let number = 0
    const items = new AsyncItems({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          most = Math.max(most, ++asked)
          await Promise.resolve()
          asked--
          return { done: false, value: number++ }
        },
      }),
    })
    const taken = await Promise.all([items.take(), items.take(), items.take()])
    expect(taken.map(({ value }) => value)).toEqual([0, 1, 2])
    expect(most).toBe(1)
  })

  test('after the end and after an error the iterator is left alone', async () => {
    let calls = 0
    const items = new AsyncItems({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          calls++
          throw new Error('cut')
        },
        return: async () => {
          calls++
          return { done: true, value: undefined }
        },
      }),
    })
    await expect(items.take()).rejects.toThrow('cut')
    expect(await items.take()).toMatchObject({ done: true })
    await items.close()
    expect(calls).toBe(1)
  })

  test('closing waits for the iterator; leaving does not while that is busy', async () => {
    const events: string[] = []
    async function* numbers(): AsyncGenerator<number> {
      try {
        yield 1
      } finally {
        await Promise.resolve()
        events.push('closed')
      }
    }
    const idle = new AsyncItems(numbers())
    await idle.take()
    await idle.close()
    expect(events).toEqual(['closed'])
    const stuck = new AsyncItems({
      [Symbol.asyncIterator]: () => ({
        next: async () => new Promise<never>(() => {}),
        return: async () => new Promise<never>(() => {}),
      }),
    })
    void stuck.take()
    await Promise.resolve()
    await Promise.resolve()
    await stuck.leave()
    let closed = false
    void stuck.close().then(() => (closed = true))
    await new Promise(setImmediate)
    expect(closed).toBe(false)
    expect(await idle.take()).toMatchObject({ done: true })
  })

  test('what closing throws is a warning', async () => {
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const items = new AsyncItems({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => Promise.reject(new Error('jammed')),
      }),
    })
    await items.take()
    await items.close()
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('jammed'), {
      code: 'NET_DISCARD_FAILED',
    })
  })
})
