import { expect, test } from 'vitest'

import { queueName, queuePlan } from '../src/queue-options.ts'

test('a plan has the defaults where nothing is said', () => {
  const { url, maxPayload, keep } = queuePlan({ keep: { done: { count: 5, age: undefined } } })
  expect({ url, maxPayload }).toEqual({ url: 'memory:', maxPayload: 1_048_576 })
  expect(keep.done).toEqual({ age: 86_400_000, count: 5, bytes: 16 * 1_048_576 })
  expect(keep.unknown).toEqual(keep.failed)
})

test('the name of a queue is made of letters, digits and a few signs', () => {
  expect(queueName.fits('mail/out.2026_a-b')).toBe(true)
  for (const name of ['', 'a b', 'a{b}', 'a:b', 'x'.repeat(101)])
    expect(queueName.fits(name)).toBe(false)
})
