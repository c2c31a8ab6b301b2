import { onStuck } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

test('a sink is stuck once it has taken nothing for 2 s, however long it took before', async () => {
  using clock = useFakeClock()
  const sink = { position: 10 }
  let told = 0
  using _watch = onStuck(sink, () => void (told += 1))
  for (let second = 0; second < 10; second++) {
    sink.position += 1
    await clock.advance(1000)
  }
  expect(told).toBe(0)
  await clock.advance(4000)
  expect(told).toBe(1)
})

test('one that is not waited for any more is told of no more', async () => {
  using clock = useFakeClock()
  let told = 0
  onStuck({ position: 0 }, () => void (told += 1))[Symbol.dispose]()
  await clock.advance(5000)
  expect(told).toBe(0)
})
