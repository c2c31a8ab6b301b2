import { expect, test } from 'vitest'

import { Batch } from '../src/batch.ts'

test('what is asked for in one turn is one request, in order', async () => {
  const requests: (readonly number[])[] = []
  const batch = new Batch<number, number>(async (items) => {
    requests.push(items)
    return items.map((item) => item * 2)
  }, sizeOf)
  const results = [batch.add(1), batch.add(2)]
  await Promise.resolve()
  results.push(batch.add(3))
  expect(await Promise.all(results)).toEqual([2, 4, 6])
  expect(await batch.add(4)).toBe(8)
  expect(requests).toEqual([[1, 2, 3], [4]])
})

test('a request that fails fails each of its calls, and not the next ones', async () => {
  let isBroken = true
  const batch = new Batch<number, number>(async (items) => {
    if (isBroken) throw new Error('broken')
    return items
  }, sizeOf)
  const [first, second] = [batch.add(1), batch.add(2)]
  await expect(first).rejects.toThrow('broken')
  await expect(second).rejects.toThrow('broken')
  isBroken = false
  expect(await batch.add(3)).toBe(3)
})

test('what is more than fits leaves in several requests, each of which stands by itself', async () => {
  const sent: number[] = []
  const batch = new Batch<number, number>(async (items) => {
    sent.push(items.length)
    if (items.includes(700)) throw new Error('full')
    return items
  }, sizeOf)
  const calls = Array.from({ length: 1200 }, (_, item) => batch.add(item))
  const settled = await Promise.allSettled(calls)
  expect(sent).toEqual([500, 500, 200])
  const failed = settled.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))
  expect([failed.length, failed[0], failed.at(-1)]).toEqual([500, 500, 999])
})

test('what is large leaves by 16 Mi characters, and what is larger alone', async () => {
  const MI = 1_048_576
  const sent: (readonly number[])[] = []
  const batch = new Batch<number, void>(
    async (items) => {
      sent.push(items)
      return items.map(() => {})
    },
    (item) => item * MI,
  )
  await Promise.all([8, 8, 1, 15, 20, 1, 0, 30].map((item) => batch.add(item)))
  expect(sent).toEqual([[8, 8], [1, 15], [20], [1, 0], [30]])
})

function sizeOf(): number {
  return 1
}
