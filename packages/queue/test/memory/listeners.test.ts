import { expect, test } from 'vitest'

import { Listeners } from '../../src/memory/listeners.ts'

test('each listener is called until it is taken back, also one that was given twice', () => {
  const listeners = new Listeners()
  let rung = 0
  const ring = (): void => void rung++
  const stop = listeners.onWork(ring)
  listeners.onWork(ring)
  listeners.work()
  stop()
  listeners.work()
  expect(rung).toBe(3)
})

test('events are frozen, and made only for listeners', () => {
  const listeners = new Listeners()
  expect(listeners.isHeard).toBe(false)
  const seen: unknown[] = []
  const stop = listeners.onEvent((event) => seen.push(Object.isFrozen(event)))
  expect(listeners.isHeard).toBe(true)
  listeners.tell({ type: 'paused', time: 0 })
  stop()
  listeners.tell({ type: 'resumed', time: 0 })
  expect(seen).toEqual([true])
})
