import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'

import { paced } from '../../src/testing/paced-transport.ts'

test('a write and a read take as long as the rate says', async () => {
  using clock = useFakeClock()
  const [ours, peer] = memoryPair()
  expect(paced(ours, Infinity)).toBe(ours)
  const slow = paced(ours, 1000)
  let written = false
  const writing = slow.write([Buffer.alloc(300), Buffer.alloc(200)]).then(() => {
    written = true
  })
  await clock.advance(499)
  expect(written).toBe(false)
  await clock.advance(1)
  await writing
  await peer.write([Buffer.alloc(100)])
  const reading = slow.read()
  await clock.advance(100)
  expect(await reading).toHaveLength(100)
  await slow.close()
})
