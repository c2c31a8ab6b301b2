import { expect, test } from 'vitest'

import { EventFeed } from '../src/event-feed.ts'
import type { QueueEvent } from '../src/queue-event.ts'

test('a reader that falls behind misses events and is told so', async () => {
  let tell: (event: QueueEvent) => void = () => {}
  let isStopped = false
  const feed = new EventFeed(async (listener) => {
    tell = listener
    return () => {
      isStopped = true
    }
  })
  for (let attempt = 0; attempt < 1100; attempt++) tell({ type: 'started', time: 0, attempt })
  const seen: QueueEvent[] = []
  for await (const event of feed) {
    seen.push(event)
    if (event.type === 'missed') break
  }
  expect(seen.length).toBe(1000)
  expect(seen[998]?.attempt).toBe(998)
  expect(isStopped).toBe(true)
})

test('what comes while the reader waits is given at once', async () => {
  let tell: (event: QueueEvent) => void = () => {}
  await using feed = new EventFeed(async (listener) => {
    tell = listener
    return () => {}
  })
  const next = feed.next()
  tell({ type: 'paused', time: 7 })
  expect(await next).toEqual({ done: false, value: { type: 'paused', time: 7 } })
})

test('a store that cannot be listened to fails the iteration, once', async () => {
  const feed = new EventFeed(() => Promise.reject(new Error('away')))
  await expect(feed.next()).rejects.toThrow('away')
  expect(await feed.next()).toEqual({ done: true, value: undefined })
})

test('its end is told once, however it came', async () => {
  const ended: EventFeed[] = []
  const listen = async (): Promise<() => void> => () => {}
  const feed = new EventFeed(listen, undefined, (each) => ended.push(each))
  await feed.return()
  await feed.return()
  expect(ended).toEqual([feed])
  const aborted = new EventFeed(listen, AbortSignal.abort(), () => ended.push(feed))
  await expect(aborted.next()).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(ended).toHaveLength(2)
})

test('a reader that falls behind a second time is told so again', async () => {
  let tell: (event: QueueEvent) => void = () => {}
  await using feed = new EventFeed(async (listener) => {
    tell = listener
    return () => {}
  })
  const more = (count: number): void => {
    for (let attempt = 0; attempt < count; attempt++) tell({ type: 'started', time: 0, attempt })
  }
  const last = async (count: number): Promise<string | undefined> => {
    for (let read = 1; read < count; read++) await feed.next()
    const { value } = await feed.next()
    return value?.type
  }
  more(1001)
  expect(await last(1000)).toBe('missed')
  more(1001)
  expect(await last(1000)).toBe('missed')
})
