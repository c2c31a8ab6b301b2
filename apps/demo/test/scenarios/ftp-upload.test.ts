import { expect, test } from 'vitest'

import { ftpUpload } from '../../src/scenarios/ftp-upload.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 4 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await ftpUpload.run(stage)).toBe(210000)
  expect(lines).toContain('← report.txt, 105000 bytes')
})
