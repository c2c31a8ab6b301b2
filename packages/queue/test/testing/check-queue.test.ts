import { useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { checkQueue, type QueueUnderTest } from '@net/queue/testing'
import { expect, test } from 'vitest'

let places = 0

async function inMemory(): Promise<QueueUnderTest> {
  const name = `check-${++places}`
  return { open: (options) => openQueue(name, options), async [Symbol.asyncDispose]() {} }
}

test('queues in memory do what every queue must', async () => {
  using _clock = useFakeClock({ autoJump: true })
  expect(await checkQueue(inMemory)).toBeGreaterThan(60)
})

test('one case can be run alone, and one that is not there is told', async () => {
  const only = 'a result is kept'
  expect(await checkQueue(inMemory, { only })).toBe(1)
  await expect(checkQueue(inMemory, { only: 'nothing' })).rejects.toThrow('there is no case')
})
