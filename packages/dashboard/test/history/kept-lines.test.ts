import { expect, test } from 'vitest'

import { KeptLines } from '../../src/history/kept-lines.ts'
import { line } from '../events.ts'
import type { WireEvent } from '@net/core'

function add(lines: KeptLines, text: string, time: number): void {
  lines.add(line(1, text, time) as WireEvent, text)
}

test('lines are as they came, and those of an earlier operation do not show', () => {
  const lines = new KeptLines()
  for (let at = 0; at < 6; at++) add(lines, `line ${at}`, at)
  expect([lines.count, lines.size]).toEqual([6, 6 * 70])
  const before = lines.list()
  lines.clear()
  expect([lines.list(), lines.count, lines.size]).toEqual([[], 0, 0])
  add(lines, 'a', 7)
  expect(lines.list()).toEqual([{ time: 7, direction: 'send', text: 'a' }])
  expect(before[0]).toEqual({ time: 0, direction: 'send', text: 'line 0' })
})
