import { expect, test } from 'vitest'

import { ScreenTeller } from '../src/screen-teller.ts'
import { styleFor } from '../src/style.ts'
import { runTour } from '../src/tour.ts'
import { brokenScenario, textScreen, workingScenario } from './tour-parts.ts'

test('in a file a scenario is what it is about, its code, its steps and its end, and nothing of a terminal', async () => {
  const { screen, text } = textScreen()
  await runTour([workingScenario, brokenScenario], new ScreenTeller(screen))
  expect(text()).toContain('\n 1  working\n    It works.\n\n    │ await operation(')
  expect(text()).toContain('    → a question\n    ████████████████████ 2 of 2\n    ← an answer\n')
  expect(text()).toMatch(/ {4}✓ 5 B in [\d.]+ ms\n/u)
  expect(text()).toContain('    failed: the server said no\n')
  expect(text()).toMatch(/^1 {2}working {3}none {9}5 B {2} *[\d.]+ ms {2}passed$/mu)
  expect(text()).toContain('\ntest\n  ask ')
  expect(text()).toMatch(/\n1 of 2 scenarios passed\n$/u)
  expect(text()).not.toMatch(/\r|\u001b/u)
  expect(text()).not.toContain('> test')
})

test('lines on the wire are told where they are asked for, a few of many', async () => {
  const { screen, text } = textScreen()
  const chatty = {
    ...workingScenario,
    run: async () => {
      for (let at = 0; at < 25; at++)
        await workingScenario.run({ sent() {}, received() {}, progress() {} })
      return 0
    },
  }
  await runTour([chatty], new ScreenTeller(screen), { wire: true })
  expect(text().match(/^ {6}> test {2}HELLO$/gmu)).toHaveLength(20)
  expect(text()).toContain('      and 5 more lines on the wire\n')
})

test('on a terminal progress is one line that is written over, and no line is longer than it is wide', async () => {
  const { screen, text } = textScreen({ isTTY: true, columns: 40 })
  const long = { ...workingScenario, title: 'x'.repeat(100), about: 'a word '.repeat(30).trim() }
  await runTour(
    [long, brokenScenario],
    new ScreenTeller(screen, styleFor(screen, { NO_COLOR: '1' })),
  )
  expect(text()).toContain(
    '\r\u001b[K    ██████████░░░░░░░░░░ 1 of 2\r\u001b[K    ████████████████████ 2 of 2',
  )
  const lines = text()
    .replaceAll('\u001b[K', '')
    .split(/[\r\n]/u)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(40)
})
