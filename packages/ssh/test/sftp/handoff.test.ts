import { expect, test } from 'vitest'

import type { CallOptions } from '@net/core'

import { handedOver, until } from '../../src/sftp/handoff.ts'

test('items come one by one, at the pace of the loop', async () => {
  let put = 0
  const items = handedOver<number>(async (give) => {
    for (; put < 3; put++) await give(put)
  })
  const seen: number[][] = []
  for await (const item of items) seen.push([item, put])
  expect(seen).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ])
})

test('what the work throws comes behind what it gave', async () => {
  const seen: number[] = []
  const loop = async (): Promise<void> => {
    const items = handedOver<number>(async (give) => {
      await give(1)
      throw new Error('broken')
    })
    for await (const item of items) seen.push(item)
  }
  await expect(loop()).rejects.toThrow('broken')
  expect(seen).toEqual([1])
})

test('a loop that is left ends the work, and waits for its end', async () => {
  let isOver = false
  const items = handedOver<number>(async (give, left) => {
    while (!left.aborted) await give(1)
    isOver = true
  })
  for await (const item of items) if (item === 1) break
  expect(isOver).toBe(true)
})

test('a call ends with its own signal as well as with its loop', () => {
  const [own, left] = [new AbortController(), new AbortController()]
  const { signal } = until({ signal: own.signal }, left.signal)
  expect(until<CallOptions>({}, left.signal).signal).toBe(left.signal)
  own.abort()
  expect(signal?.aborted).toBe(true)
})
