import { expect, test } from 'vitest'

import { RunningCalls } from '../src/running-calls.ts'

test('the end is there when the last call is over, and at once where there was none', async () => {
  const calls = new RunningCalls()
  await calls.ended()
  const over: string[] = []
  const last = Promise.withResolvers<void>()
  calls.begin()
  calls.begin()
  calls.until(last.promise)
  const ended = calls.ended().then(() => over.push('all'))
  calls.end()
  calls.end()
  over.push('two')
  await Promise.resolve()
  last.reject(new Error('given up'))
  await ended
  expect(over).toEqual(['two', 'all'])
})
