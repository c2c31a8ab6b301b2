import { expect, test } from 'vitest'

import { JsonTeller } from '../src/json-teller.ts'
import { runTour } from '../src/tour.ts'
import { brokenScenario, textScreen, workingScenario } from './tour-parts.ts'

test('each scenario is one line, with its steps and calls; the last one has the counts', async () => {
  const { screen, text } = textScreen()
  await runTour([workingScenario, brokenScenario], new JsonTeller(screen), { wire: true })
  const lines = text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(lines).toMatchObject([
    {
      number: 1,
      title: 'working',
      about: 'It works.',
      code: expect.stringContaining('op.wire(') as string,
      result: 'passed',
      bytes: 5,
      steps: [
        { sent: 'a question' },
        { wire: { protocol: 'test', direction: 'send', text: 'HELLO' } },
        { received: 'an answer' },
      ],
      calls: [{ protocol: 'test', operation: 'ask', outcome: 'ok' }],
    },
    { number: 2, result: 'failed', error: { message: 'the server said no' } },
    { passed: 1, failed: 1 },
  ])
})
