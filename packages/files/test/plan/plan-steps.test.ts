import { expect, test } from 'vitest'

import type { PlanStep } from '../../src/plan/plan-step.ts'
import { PlanSteps } from '../../src/plan/plan-steps.ts'

const file = { type: 'file', action: 'make', why: 'missing' } as const

function newFile(folder: string, name: string, more: Partial<PlanStep> = {}): PlanStep {
  const path = folder === '' ? name : `${folder}/${name}`
  const source = { name, path: `tree/${path}`, type: 'file', size: 3, modified: 1000 } as const
  return { ...file, path, to: path, source, mode: undefined, modified: 2000, ...more }
}

test('gives back what it was given, in that order, as often as it is asked', () => {
  const source = { name: 'x', path: 'tree/in/x', type: 'file', size: 0, modified: 0 } as const
  const steps = [
    newFile('', 'a'),
    newFile('in', 'b', { mode: 0o600 }),
    newFile('in', 'c', { modified: undefined }),
    newFile('in', 'x', { source: { ...source, mode: 0 } }),
    newFile('in', 'd', { to: 'in/D' }),
    newFile('in', 'e', { from: 'elsewhere' }),
    newFile('in', 'f', { part: source }),
    newFile('in', 'g', { action: 'replace', why: 'type', instead: [] }),
    newFile('in', 'h', { source: { name: 'h', path: 'tree/in/h', type: 'file' } }),
    newFile('in', 'link', { type: 'link', source: { name: 'link', path: 'link', type: 'link' } }),
    newFile('in/deep', 'i'),
    newFile('in', 'j'),
  ]
  const plan = new PlanSteps()
  for (const step of steps) plan.push(step)
  expect([...plan]).toEqual(steps)
  const inDeep = plan.where(({ path }) => path.startsWith('in/deep/'))
  for (const each of [inDeep, inDeep]) expect([...each]).toEqual([newFile('in/deep', 'i')])
})
