import { expect, test } from 'vitest'

import { terminalRequest } from '../../src/engine/channel-requests.ts'
import { fields, uint32 } from '../../src/identity/wire.ts'
import { LiveTerminal, modesOf } from '../../src/testing/served-terminal.ts'

test('its size is the last one that was told, and listeners hear of each', () => {
  const terminal = new LiveTerminal('xterm', { columns: 80, rows: 24 }, new Map([[53, 0]]))
  const heard: unknown[] = []
  terminal.onResize((size) => heard.push(size))
  terminal.resize({ columns: 100, rows: 40 })
  expect([terminal.columns, terminal.rows, terminal.term]).toEqual([100, 40, 'xterm'])
  expect(heard).toEqual([{ columns: 100, rows: 40 }])
  expect(terminal.modes.get(53)).toBe(0)
})

test('the modes of a request are read by their numbers', () => {
  const request = (echo: boolean): Buffer => {
    const { type, data } = terminalRequest({ term: 'dumb', columns: 1, rows: 1, echo })
    return Buffer.concat([Buffer.of(98), uint32(7), fields(type), Buffer.of(1), data])
  }
  expect([...modesOf(request(false))]).toEqual([[53, 0]])
  expect([...modesOf(request(true))]).toEqual([[53, 1]])
})
