import { expect, test } from 'vitest'

import { Stack } from '../../src/queues/stack.ts'

test('gives back the newest item first', () => {
  const stack = new Stack<number>()
  stack.push(1)
  stack.push(2)
  expect(stack.size).toBe(2)
  expect([stack.take(), stack.take()]).toEqual([2, 1])
  expect(stack.size).toBe(0)
})
