import { expect, test } from 'vitest'

import { ChannelWindow, FIRST_WINDOW } from '../../src/engine/channel-window.ts'

const MIB = 1024 * 1024

test('a window is opened again when half of it is used, and grows only where the server had to wait for that', () => {
  for (const [pause, sizes] of [
    [0, [2, 2, 2]],
    [20, [2, 2, 8, 16, 16]],
  ] as const) {
    const window = new ChannelWindow()
    let left = FIRST_WINDOW
    let ahead = left
    let now = 0
    const granted: number[] = []
    while (granted.length < sizes.length) {
      // The server waits where it may send no more; what we said reaches it then.
      if (ahead === 0) {
        ahead = left
        now += pause
      }
      const length = Math.min(32 * 1024, ahead)
      ahead -= length
      left -= length
      const more = window.arrived(length, { left, granted: 0, now, isFar: false })
      left += more
      if (more > 0) granted.push(left / MIB)
    }
    expect([pause, granted]).toEqual([pause, sizes])
  }
})

test('what was granted by others meanwhile is counted', () => {
  const window = new ChannelWindow()
  expect(window.arrived(MIB, { left: MIB, granted: MIB, now: 0, isFar: false })).toBe(0)
  expect(window.arrived(MIB, { left: MIB, granted: MIB, now: 0, isFar: false })).toBe(0)
  // A channel that is closed has no bounds.
  expect(window.arrived(100, { left: Infinity, granted: 0, now: 50, isFar: false })).toBe(0)
})

test('where the server is known to be far away, it grows with the first full packet', () => {
  const window = new ChannelWindow()
  const arrival = { granted: 0, now: 0, isFar: true }
  const left = FIRST_WINDOW - 100
  expect(window.arrived(100, { ...arrival, left })).toBe(0)
  const later = left - 32 * 1024
  expect(later + window.arrived(32 * 1024, { ...arrival, left: later })).toBe(16 * MIB)
})
