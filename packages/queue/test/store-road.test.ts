import { expect, test } from 'vitest'

import { MemoryStore } from '../src/memory/memory-store.ts'
import { queuePlan } from '../src/queue-options.ts'
import { cutRoad, roadOf } from '../src/store-road.ts'

test('a road that is cut carries nothing either way, and can be closed', async () => {
  let isClosed = false
  const store = new MemoryStore(queuePlan(undefined).keep, () => {
    isClosed = true
  })
  const queue = {}
  const road = roadOf(queue, store)
  let rung = 0
  const told: string[] = []
  road.onWork(() => rung++)
  await road.onEvent(({ type }) => told.push(type))
  await road.pause(true)
  expect(cutRoad(queue)).toBe(true)
  await store.pause(false)
  void road.pause(true)
  expect((await store.counts()).paused).toBe(false)
  expect({ rung, told }).toEqual({ rung: 1, told: ['paused'] })
  await road.close()
  expect(isClosed).toBe(true)
  expect(cutRoad({})).toBe(false)
})
