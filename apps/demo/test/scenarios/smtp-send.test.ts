import { expect, test } from 'vitest'

import { smtpSend } from '../../src/scenarios/smtp-send.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 5 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await smtpSend.run(stage)).toBeGreaterThan(200)
  expect(told.at(-1)).toMatch(/^← charles@example\.com got \d+ bytes$/)
})
