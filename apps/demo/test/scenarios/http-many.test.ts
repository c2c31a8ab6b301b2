import { expect, test } from 'vitest'

import { httpMany } from '../../src/scenarios/http-many.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 7 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpMany.run(stage)).toBe(500000)
  expect(lines.at(-1)).toMatch(/^← 500000 bytes over \d+ connections$/)
  expect(lines).toContain('500 of 500')
})
