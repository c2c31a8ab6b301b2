import { expect, test } from 'vitest'

import { ChannelWindow, FIRST_WINDOW } from '../../src/engine/channel-window.ts'

const MIB = 1024 * 1024
const PACKET = 32 * 1024

test('a window is opened again when half of it is used, each time wider, up to a limit', () => {
  const window = new ChannelWindow()
  const granted: number[] = []
  let left = FIRST_WINDOW
  let used = 0
  while (granted.length < 5) {
    left -= PACKET
    used += PACKET
    const more = window.arrived(PACKET, { left, granted: 0, isFar: false })
    left += more
    if (more > 0) granted.push(used / MIB, left / MIB)
  }
  expect(granted).toEqual([1, 4, 3, 8, 7, 16])
})

test('what was granted by others meanwhile is counted', () => {
  const window = new ChannelWindow()
  const arrival = { left: MIB, granted: MIB, isFar: false }
  expect(window.arrived(MIB, arrival)).toBe(0)
  expect(window.arrived(MIB, { ...arrival, left: 0 })).toBe(3 * MIB)
  // A channel that is closed has no bounds.
  expect(window.arrived(100, { left: Infinity, granted: 0, isFar: false })).toBe(0)
})

test('where the server is known to be far away, it is wide with the first full packet', () => {
  const window = new ChannelWindow()
  const arrival = { granted: 0, isFar: true }
  const left = FIRST_WINDOW - 100
  expect(window.arrived(100, { ...arrival, left })).toBe(0)
  const later = left - PACKET
  expect(later + window.arrived(PACKET, { ...arrival, left: later })).toBe(16 * MIB)
})
