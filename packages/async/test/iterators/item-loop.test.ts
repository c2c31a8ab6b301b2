import { Channel, PriorityQueue, Queue, sleep, taskGroup, type WaitOptions } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

interface Source {
  items(options?: WaitOptions): AsyncIterableIterator<number, undefined> & AsyncDisposable
  put(item: number): Promise<void>
  left(): number
  waiting(): number
}

function queueSource(queue: Queue<number>): Source {
  return {
    items: (options) => queue.items(options),
    put: async (item) => queue.put(item),
    left: () => queue.size,
    waiting: () => queue.waiting.getters,
  }
}

function channelSource(): Source {
  const channel = new Channel<number>(10)
  return {
    items: (options) => channel.receiver.items(options),
    put: async (item) => channel.sender.send(item),
    left: () => channel.statistics().buffered,
    waiting: () => channel.statistics().receiving,
  }
}

const sources: readonly (readonly [string, () => Source])[] = [
  ['a queue', () => queueSource(new Queue())],
  ['a priority queue', () => queueSource(new PriorityQueue({ compare: (a, b) => a - b }))],
  ['the receiver of a channel', channelSource],
]

describe.each(sources)('a loop over %s', (_name, make) => {
  test('ends with its task when another task fails, and takes no item afterwards', async () => {
    using clock = useFakeClock({ autoJump: true })
    const source = make()
    const handled: number[] = []
    const began = clock.now()
    const group = taskGroup(async (tasks) => {
      tasks.spawn('worker', async ({ signal }) => {
        for await (const item of source.items({ signal })) handled.push(item)
      })
      tasks.spawn('other', async () => {
        await source.put(1)
        await sleep(20)
        throw new Error('boom')
      })
    })
    await expect(group).rejects.toThrow(/^boom$/u)
    expect(clock.now() - began).toBe(20)
    await source.put(66)
    expect(handled).toEqual([1])
    expect(source.left()).toBe(1)
  })

  test('an aborted signal ends it though items are there, and leaves them', async () => {
    const source = make()
    await source.put(1)
    await source.put(2)
    const controller = new AbortController()
    const loop = async (): Promise<void> => {
      for await (const _ of source.items({ signal: controller.signal })) controller.abort()
    }
    expect(await failure(loop())).toMatchObject({ code: 'NET_ABORTED' })
    expect(source.left()).toBe(1)
  })

  test('has a limit for the wait for each item', async () => {
    using clock = useFakeClock()
    const source = make()
    const items = source.items({ timeout: 100 })
    const first = items.next()
    await clock.advance(90)
    await source.put(1)
    expect((await first).value).toBe(1)
    const second = failure(items.next())
    await clock.advance(100)
    expect(await second).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    expect(source.waiting()).toBe(0)
    expect(await failure(source.items({ timeout: 0 }).next())).toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })

  test('left while it waits, it ends at once and takes no item', async () => {
    const source = make()
    const items = source.items()
    const waiting = items.next()
    expect(source.waiting()).toBe(1)
    await items.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(source.waiting()).toBe(0)
    await source.put(1)
    expect(source.left()).toBe(1)
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  test('leaves nothing on the signal', async () => {
    const source = make()
    const { signal } = new AbortController()
    await checkNoLeaks(
      async () => {
        await using items = source.items({ signal })
        const next = items.next()
        await source.put(1)
        await next
        void items.next()
      },
      { listeners: [signal] },
    )
  })

  test('an item that meets an abort in one turn is delivered', async () => {
    const source = make()
    const controller = new AbortController()
    const next = source.items({ signal: controller.signal }).next()
    await source.put(1)
    controller.abort()
    expect((await next).value).toBe(1)
  })
})

test('a loop over a receiver that is closed meanwhile rejects', async () => {
  const channel = new Channel<number>(1)
  const next = channel.receiver.items().next()
  channel.receiver.close()
  await expect(next).rejects.toMatchObject({ code: 'NET_CLOSED' })
})
