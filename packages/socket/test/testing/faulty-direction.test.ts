import { expect, test } from 'vitest'

import { FaultyDirection } from '../../src/testing/faulty-direction.ts'
import { bytes, latin1 } from '../support.ts'

test('faults strike at their bytes, in order, and those of the other direction do not', () => {
  const direction = new FaultyDirection(
    [
      { after: 3, do: 'drop' },
      { after: 1, do: 'garbage' },
      { on: 'send', do: 'reset' },
    ],
    'receive',
  )
  expect([direction.strike(), direction.room]).toEqual([undefined, 1])
  direction.pass(bytes('a'))
  expect([direction.strike(), direction.strike(), direction.room]).toEqual([
    'garbage',
    undefined,
    2,
  ])
  direction.pass(bytes('bc'))
  expect([direction.strike(), direction.room]).toEqual(['drop', Infinity])
})

test('a slow direction moves small pieces', async () => {
  const direction = new FaultyDirection([], 'receive')
  expect(direction.piece).toBe(Infinity)
  await direction.wait(1_000_000)
  direction.slow({ throttle: 2000 })
  expect(direction.piece).toBe(100)
  direction.slow({ throttle: 1 })
  expect(direction.piece).toBe(1)
  direction.slow({ drip: 0 })
  expect(direction.piece).toBe(1)
})

test('one corrupt byte is enough', () => {
  const direction = new FaultyDirection([], 'send')
  direction.state = 'corrupt'
  const given = bytes('abc')
  expect(latin1(direction.pass(given)).slice(1)).toBe('bc')
  expect(latin1(direction.pass(given))).toBe('abc')
})
