import { expect, test } from 'vitest'

import { httpMany } from '../../src/scenarios/http-many.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 7 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await httpMany.run(stage)).toBe(500000)
  expect(told.at(-1)).toMatch(/^← 500000 bytes over \d+ connections$/)
  expect(told).toContain('500 of 500')
})
