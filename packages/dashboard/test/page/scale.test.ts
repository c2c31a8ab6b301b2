import { expect, test } from 'vitest'

import { ticksOf } from '../../page/scale.js'

test('a scale of any length and width has its beginning and one more line at least', () => {
  for (let length = 1; length < 10; length += 0.1) {
    const lines = ticksOf({ kind: 'length', from: 0, length }, 2)
    expect(lines.length).toBeGreaterThan(1)
    expect(lines[0]).toEqual({ at: 0, left: 0 })
    expect(lines.at(-1)?.left).toBeLessThan(1 + 1e-9)
  }
})
