import { expect, test } from 'vitest'

import { mailQueue } from '../../src/scenarios/mail-queue.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 13 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await mailQueue.run(stage)).toBeGreaterThan(500)
  expect(lines[0]).toMatch(/^→ 5 jobs: ann@example\.com, /u)
  expect(lines.filter((line) => /^← \w+@example\.com is tried again$/u.test(line))).toHaveLength(1)
})
