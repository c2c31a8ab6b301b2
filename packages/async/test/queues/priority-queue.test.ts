import { PriorityQueue } from '@net/async'
import { expect, test } from 'vitest'

interface Work {
  readonly name: string
  readonly urgency: number
}

test('[ASYNC-34] hands out the most urgent item, and equals in the order in which they came', async () => {
  const queue = new PriorityQueue<Work>({ compare: (a, b) => a.urgency - b.urgency })
  for (const [name, urgency] of [
    ['a', 2],
    ['b', 1],
    ['c', 2],
    ['d', 0],
  ] as const) {
    await queue.put({ name, urgency })
  }
  queue.shutdown()
  const names: string[] = []
  for await (const { name } of queue) names.push(name)
  expect(names).toEqual(['d', 'b', 'a', 'c'])
})

test('is bounded as any queue', async () => {
  const queue = new PriorityQueue<number>({ compare: (a, b) => a - b, max: 1 })
  await queue.put(2)
  const put = queue.put(1)
  expect(await queue.get()).toBe(2)
  await put
  expect(await queue.get()).toBe(1)
})

test('refuses to compare by nothing', () => {
  expect(() => new PriorityQueue({} as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
