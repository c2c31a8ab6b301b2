import { Queue, sleep } from '@net/async'
import {
  batch,
  buffer,
  cancellable,
  chain,
  closing,
  drop,
  dropWhile,
  enumerate,
  filter,
  flatMap,
  mapEach,
  merge,
  pairwise,
  scan,
  take,
  takeWhile,
  tee,
  zip,
  type Iterated,
} from '@net/async/iterators'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

type Through = (
  items: Iterated<number>,
) => AsyncIterator<unknown, undefined> & Partial<AsyncDisposable>

const all: readonly (readonly [string, Through])[] = [
  ['batch', (items) => batch(items, 2)],
  ['buffer', (items) => buffer(items, 2)],
  ['cancellable', (items) => cancellable(items)],
  ['chain', (items) => chain([items])],
  ['closing', (items) => closing(items)],
  ['drop', (items) => drop(items, 1)],
  ['dropWhile', (items) => dropWhile(items, () => true)],
  ['enumerate', (items) => enumerate(items)],
  ['filter', (items) => filter(items, () => true)],
  ['flatMap', (items) => flatMap([1], () => items)],
  ['mapEach', (items) => mapEach(items, (item) => item)],
  ['merge', (items) => merge([items])],
  ['pairwise', (items) => pairwise(items)],
  ['scan', (items) => scan(items, (_, item) => item, 0)],
  ['take', (items) => take(items, 2)],
  ['takeWhile', (items) => takeWhile(items, () => true)],
  ['tee', (items) => tee(items, 1)[0] as AsyncIterator<unknown, undefined>],
  ['zip', (items) => zip([[1, 2, 3], items])],
]

describe.each(all)('%s', (name, through) => {
  test('can be left at once while it waits for an idle queue, and takes nothing from it afterwards', async () => {
    const queue = new Queue<number>()
    const items = through(queue)
    const waiting = items.next()
    while (queue.waiting.getters === 0) await Promise.resolve()
    expect(await items.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await items.next()).toEqual({ done: true, value: undefined })
    expect(queue.waiting.getters).toBe(0)
    await queue.put(1)
    expect(queue.size).toBe(1)
  })

  test('the end of its block leaves it at once while it waits', async () => {
    const queue = new Queue<number>()
    let waiting: Promise<unknown> | undefined
    {
      await using items = through(queue) as AsyncIterator<unknown> & AsyncDisposable
      waiting = items.next()
    }
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test('closes a generator that is busy with an item, without waiting for it', async () => {
    if (name === 'closing') return
    using clock = useFakeClock()
    const trail: string[] = []
    const slow = async function* (): AsyncGenerator<number> {
      try {
        for (let item = 1; ; item++) {
          trail.push(`began ${item}`)
          await sleep(1000)
          yield item
        }
      } finally {
        trail.push('closed')
      }
    }
    const items = through(slow())
    const waiting = items.next()
    await clock.advance(0)
    await items.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(trail).toEqual(['began 1'])
    await clock.advance(1000)
    expect(trail).toEqual(['began 1', 'closed'])
  })
})

test('left while it waits for its transform, it waits until the source has closed', async () => {
  const trail: string[] = []
  const source = async function* (): AsyncGenerator<number> {
    try {
      yield 1
    } finally {
      await Promise.resolve()
      trail.push('closed')
    }
  }
  const transform = Promise.withResolvers<number>()
  const began = Promise.withResolvers<void>()
  const items = mapEach(source(), async () => {
    began.resolve()
    return transform.promise
  })
  const waiting = items.next()
  await began.promise
  await items.return(undefined)
  expect(trail).toEqual(['closed'])
  transform.resolve(5)
  expect((await waiting).value).toBe(5)
})

test('what fails after it was left is a process warning', async () => {
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  const silent = Promise.withResolvers<never>()
  const items = filter(
    { [Symbol.asyncIterator]: () => ({ next: async () => silent.promise }) },
    () => true,
  )
  void items.next()
  await items.return(undefined)
  silent.reject(new Error('late'))
  await expect
    .poll(() => warned.mock.calls)
    .toEqual([[expect.stringContaining('late'), { code: 'NET_DISCARD_FAILED' }]])
})
