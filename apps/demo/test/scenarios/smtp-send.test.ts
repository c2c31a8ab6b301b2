import { expect, test } from 'vitest'

import { smtpSend } from '../../src/scenarios/smtp-send.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 5 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await smtpSend.run(stage)).toBeGreaterThan(200)
  expect(lines.at(-1)).toMatch(/^← charles@example\.com got \d+ bytes$/)
})
