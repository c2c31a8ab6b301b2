import { expect, test } from 'vitest'

import { SessionState, type SessionEvent } from '../../src/engine/session-state.ts'

function after(...steps: readonly SessionEvent[]): SessionState {
  const state = new SessionState()
  for (const step of steps) state.take(step)
  return state
}

test.for([
  [[], 'greeting', true, false, false],
  [['identified'], 'exchange', true, false, false],
  [['identified', 'exchanged'], 'open', true, false, false],
  [['identified', 'exchanged', 'goodbye'], 'leaving', false, false, true],
  [['identified', 'exchanged', 'goodbye', 'gone'], 'left', false, true, true],
  [['identified', 'exchanged', 'gone'], 'lost', false, true, false],
  [['identified', 'gone'], 'lost', false, true, false],
  [['gone'], 'lost', false, true, false],
] as const)('after %s a connection stands at %s', ([steps, now, alive, over, ours]) => {
  const state = after(...steps)
  expect(state).toMatchObject({ now, alive, over, ours })
})

test('a step that has no place changes nothing', () => {
  const state = after('exchanged')
  expect(state.now).toBe('greeting')
  expect(state.take('gone')).toBe(true)
  for (const step of ['identified', 'exchanged', 'goodbye', 'gone'] as const) {
    expect(state.take(step)).toBe(false)
  }
  expect(state.now).toBe('lost')
  const open = after('identified', 'exchanged')
  // Later key exchanges.
  expect(open.take('exchanged')).toBe(false)
})
