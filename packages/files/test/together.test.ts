import { expect, test } from 'vitest'

import { together } from '../src/together.ts'

test('gives what each gave', async () => {
  const { signal } = new AbortController()
  expect(await together(signal, [async () => 1, async () => 'two'])).toEqual([1, 'two'])
})

test('the first failure ends the others, and is told when they have ended', async () => {
  const { signal } = new AbortController()
  const fault = new Error('a fault')
  let hasEnded = false
  const slow = async (within: AbortSignal): Promise<void> => {
    await new Promise((resolve) => within.addEventListener('abort', resolve))
    await new Promise((resolve) => setImmediate(resolve))
    hasEnded = true
    throw new Error('another one')
  }
  const failing = async (): Promise<void> => {
    throw fault
  }
  await expect(together(signal, [slow, failing])).rejects.toBe(fault)
  expect(hasEnded).toBe(true)
})

test('an abort from outside reaches each', async () => {
  const controller = new AbortController()
  const waiting = (within: AbortSignal): Promise<void> =>
    new Promise((_, reject) =>
      within.addEventListener('abort', () => reject(within.reason as Error)),
    )
  const both = together(controller.signal, [waiting, waiting])
  controller.abort(new Error('enough'))
  await expect(both).rejects.toThrow('enough')
})
