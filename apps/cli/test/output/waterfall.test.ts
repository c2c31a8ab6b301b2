import type { NetEvent } from '@net/core'
import { describe, expect, it } from 'vitest'

import { barsOf, drawWaterfall } from '../../src/output/waterfall.ts'

const head = { version: 1, protocol: 'http', operation: 'get' } as const
const events: readonly NetEvent[] = [
  { ...head, type: 'operation', state: 'start', id: 1, time: 1000, target: '/a' },
  {
    ...head,
    type: 'operation',
    state: 'end',
    id: 2,
    parent: 1,
    time: 1020,
    duration: 20,
    outcome: 'ok',
  },
  {
    ...head,
    type: 'phase',
    state: 'end',
    phase: 'tls',
    id: 2,
    parent: 1,
    time: 1020,
    duration: 10,
    outcome: 'ok',
  },
  {
    ...head,
    type: 'operation',
    state: 'end',
    id: 1,
    time: 1040,
    duration: 40,
    outcome: 'failed',
    target: '/a\u001b',
  },
]

describe('barsOf', () => {
  it('gives operations and phases in the order of their beginning, with their depth', () => {
    expect(barsOf(events)).toEqual([
      { label: 'http get /a\u001b', depth: 0, start: 0, duration: 40, failed: true },
      { label: 'http get', depth: 1, start: 0, duration: 20, failed: false },
      { label: 'tls', depth: 2, start: 10, duration: 10, failed: false },
    ])
  })
})

describe('drawWaterfall', () => {
  it('draws bars over one time line, as wide as the terminal', () => {
    const lines = drawWaterfall(barsOf(events), 60)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^http get \/a\\x1b *│█+│ +40\.0 ms failed$/)
    expect(lines[2]).toMatch(/^ {4}tls +│ +█+ *│ +10\.0 ms$/)
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(60)
  })
})
