import { expect, test } from 'vitest'

import type { Teller } from '../src/teller.ts'
import { runTour } from '../src/tour.ts'
import { brokenScenario, workingScenario } from './tour-parts.ts'

test('scenarios run one after the other; one that fails is told, and the next one runs', async () => {
  const told: string[] = []
  const stage = { sent() {}, received() {}, progress() {} }
  const teller: Teller = {
    begin: ({ title }) => (told.push(`begin ${title}`), stage),
    wire: ({ text }) => void told.push(`wire ${text}`),
    end: ({ scenario, bytes }) => void told.push(`end ${scenario.title}, ${bytes} bytes`),
    finish: (results) => void told.push(`finish ${results.length}`),
  }
  const results = await runTour([brokenScenario, workingScenario], teller, { wire: true })
  expect(told).toEqual([
    'begin broken',
    'end broken, 0 bytes',
    'begin working',
    'wire HELLO',
    'end working, 5 bytes',
    'finish 2',
  ])
  expect(results).toMatchObject([{ error: { message: 'the server said no' } }, { bytes: 5 }])
  expect(results[1]?.events.map(({ type }) => type)).toEqual(['operation', 'wire', 'operation'])
  await runTour([workingScenario], teller)
  expect(told.filter((line) => line.startsWith('wire'))).toHaveLength(1)
})
