/* Scenarios for tests of the tour, and a screen that keeps what was written. */

import { operation } from '@net/core/authoring'

import type { Scenario } from '../src/scenario.ts'
import type { Screen } from '../src/screen.ts'

export const workingScenario: Scenario = {
  number: 1,
  title: 'working',
  transport: 'none',
  about: 'It works.',
  file: import.meta.url,
  async run(stage) {
    stage.sent('a question')
    await example()
    stage.progress(1, 2)
    stage.progress(2, 2)
    stage.received('an answer')
    return 5
  },
}

export const brokenScenario: Scenario = {
  ...workingScenario,
  number: 2,
  title: 'broken',
  run: () => Promise.reject(new Error('the server said no')),
}

async function example(): Promise<void> {
  await operation(
    { protocol: 'test', operation: 'ask', kind: 'command' },
    undefined,
    async (op) => {
      op.wire('send', () => 'HELLO')
    },
  )
}

export function textScreen(look: Omit<Screen, 'write'> = {}): {
  readonly screen: Screen
  text(): string
} {
  let all = ''
  return { text: () => all, screen: { ...look, write: (text) => void (all += String(text)) } }
}
