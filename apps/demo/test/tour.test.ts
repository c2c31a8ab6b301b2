import { expect, test } from 'vitest'

import type { Scenario } from '../src/scenario.ts'
import { runTour } from '../src/tour.ts'

function screenOf(): { text(): string; screen: { write(text: string | Uint8Array): void } } {
  let all = ''
  return { text: () => all, screen: { write: (text) => void (all += String(text)) } }
}

test('a scenario that fails is reported, and the tour does not pass', async () => {
  const { text, screen } = screenOf()
  const broken: Scenario = {
    number: 9,
    title: 'broken',
    transport: 'none',
    run: () => Promise.reject(new Error('the server said no')),
  }
  expect(await runTour([broken], screen)).toMatchObject([
    { error: { message: 'the server said no' } },
  ])
  expect(text()).toContain('failed: the server said no')
  expect(text()).toContain('0 of 1 scenarios passed')
})
