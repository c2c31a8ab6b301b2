import { expect, test } from 'vitest'

import { Batch } from '../src/batch.ts'

test('what is asked for in one turn is one request, in order', async () => {
  const requests: (readonly number[])[] = []
  const batch = new Batch<number, number>(async (items) => {
    requests.push(items)
    return items.map((item) => item * 2)
  })
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
  })
  const [first, second] = [batch.add(1), batch.add(2)]
  await expect(first).rejects.toThrow('broken')
  await expect(second).rejects.toThrow('broken')
  isBroken = false
  expect(await batch.add(3)).toBe(3)
})

test('what is more than fits leaves in several requests, each of which stands by itself', async () => {
  const sent: (readonly number[])[] = []
  const batch = new Batch<number, number>(
    async (items) => {
      sent.push(items)
      if (items.includes(3)) throw new Error('full')
      return items
    },
    undefined,
    2,
  )
  const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => batch.add(item)))
  expect(sent).toEqual([[1, 2], [3, 4], [5]])
  expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
})
