import { faulty, memoryDialer, memoryPair, withFaults, type FaultPlan } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { isOfDial } from '../../src/testing/fault-plan.ts'
import { thrown } from '../support.ts'

test.each([
  [
    { do: 'explode' },
    "'half-close', 'corrupt', 'garbage', { delay }, { drip }, { throttle } or { jitter }",
  ],
  [{ on: 'receive' }, 'do is missing'],
  [{ do: 'drop', afetr: 4 }, 'did you mean after?'],
  [{ do: { delay: 'long' } }, 'do.delay must be a number'],
  [{ do: { throttle: 0 } }, 'do.throttle must be a whole number above 0'],
  [{ do: { drip: 1, delay: 1 } }, 'do has no drip'],
])('a fault that there is not is refused: %j', (plan, text) => {
  for (const make of [
    () => faulty(memoryDialer(), plan as FaultPlan),
    () => withFaults(memoryPair()[0], [plan as FaultPlan]),
  ]) {
    const error = thrown(make)
    expect(error.code).toBe('NET_BAD_OPTION')
    expect(error.message).toContain(text)
  }
})

test('two happen before there is a connection', () => {
  expect([isOfDial({ do: 'refuse' }), isOfDial({ do: 'black-hole' })]).toEqual([true, true])
  expect([isOfDial({ do: 'drop' }), isOfDial({ do: { delay: 1 } })]).toEqual([false, false])
})
