import { expect, test } from 'vitest'

import { sshExec } from '../../src/scenarios/ssh-exec.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 6 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await sshExec.run(stage)).toBe(23)
  expect(told).toEqual(['→ ls -l /srv/reports', '← report.csv', '← summary.txt'])
})
