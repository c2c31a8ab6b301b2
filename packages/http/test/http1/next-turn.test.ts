import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { inNextTurn } from '../../src/http1/next-turn.ts'

test('all that waits is called in order, in the turn that follows', async () => {
  const called: string[] = []
  inNextTurn(() => {
    called.push('a')
    inNextTurn(() => called.push('c'))
  })
  inNextTurn(() => called.push('b'))
  await Promise.resolve()
  expect(called).toEqual([])
  await turn()
  expect(called).toEqual(['a', 'b'])
  await turn()
  expect(called).toEqual(['a', 'b', 'c'])
})
