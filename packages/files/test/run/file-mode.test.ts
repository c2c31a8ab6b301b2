import { expect, test } from 'vitest'

import type { PlanStep } from '../../src/plan/plan-step.ts'
import { modeFor, privateMode } from '../../src/run/file-mode.ts'
import { fileOf } from '../plan/planning.ts'

const { entry } = fileOf('a')
const step: PlanStep = { path: 'a', to: 'a', type: 'file', action: 'make', why: 'missing' }

test('a new file has the mode of any, unless not all may read its source', () => {
  expect(modeFor({ ...step, source: { ...entry, mode: 0o644 } })).toBeUndefined()
  expect(modeFor({ ...step, source: { ...entry, mode: 0o600 } })).toBe(0o600)
  expect(modeFor({ ...step, source: { ...entry, mode: 0o760 } })).toBe(0o740)
  expect(modeFor({ ...step, mode: 0o777, source: { ...entry, mode: 0o600 } })).toBe(0o777)
})

test('a file that is replaced keeps its mode', () => {
  const both = { source: { ...entry, mode: 0o600 }, target: { ...entry, mode: 0o664 } }
  expect(modeFor({ ...step, action: 'replace', why: 'size', ...both })).toBe(0o664)
  expect(modeFor({ ...step, action: 'replace', why: 'type', ...both })).toBe(0o600)
})

test('what not all may read is so from its first byte, and its owner can write it', () => {
  expect(privateMode(undefined)).toBeUndefined()
  expect(privateMode(0o644)).toBeUndefined()
  expect(privateMode(0o440)).toBe(0o640)
})
