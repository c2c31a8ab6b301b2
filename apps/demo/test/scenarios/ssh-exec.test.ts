import { expect, test } from 'vitest'

import { sshExec } from '../../src/scenarios/ssh-exec.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 6 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await sshExec.run(stage)).toBe(23)
  expect(lines).toEqual(['→ ls -l /srv/reports', '← report.csv', '← summary.txt'])
})
