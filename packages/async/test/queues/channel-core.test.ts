import { expect, test } from 'vitest'

import { ChannelCore } from '../../src/queues/channel-core.ts'

test('a waiting item moves into the free place, behind the items before it', async () => {
  const core = new ChannelCore<number>(1)
  const end = {}
  core.senders.add(end)
  core.receivers.add(end)
  expect(core.accept(1)).toBe(true)
  expect(core.accept(2)).toBe(false)
  const sent = core.send(end, 2, undefined)
  expect(core.ready).toBe(true)
  expect(core.take()).toBe(1)
  await sent
  expect(core.buffered).toBe(1)
  core.closeSender(end)
  expect(core.ended).toBe(false)
  expect(core.take()).toBe(2)
  expect(core.ended).toBe(true)
})

test('items that no receiver can get any more are not kept', () => {
  const core = new ChannelCore<number>(2)
  const end = {}
  core.receivers.add(end)
  core.accept(1)
  core.closeReceiver(end)
  expect(core.unreceived).toBe(true)
  expect(core.buffered).toBe(0)
})
