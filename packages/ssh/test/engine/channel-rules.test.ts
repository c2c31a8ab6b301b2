import { expect, test } from 'vitest'

import { dataFault, packetSizeFault, windowFault } from '../../src/engine/channel-rules.ts'

const flow = { id: 1, window: 10, packetSize: 100, state: 'open' } as const

test('data may come on a channel that is open, into its window', () => {
  expect(dataFault(flow, 1, 10)).toBeUndefined()
  expect(dataFault(flow, 1, 11)).toContain('into a window of 10')
  expect(dataFault({ ...flow, state: 'eof' }, 1, 1)).toContain('after the end')
  expect(dataFault(undefined, 7, 1)).toContain('channel 7')
  expect(dataFault({ ...flow, window: 2 ** 20 }, 1, 32 * 1024 + 1)).toContain('beyond')
})

test('windows and packets have bounds', () => {
  expect(windowFault(flow, 2 ** 32)).toContain('beyond the largest')
  expect(windowFault(flow, 5)).toBeUndefined()
  const large = { packetSize: 2 ** 20, window: 0 }
  expect([packetSizeFault(large), large.packetSize]).toEqual([undefined, 32 * 1024])
  expect(packetSizeFault({ packetSize: 1, window: 0 })).toContain('are allowed')
})
