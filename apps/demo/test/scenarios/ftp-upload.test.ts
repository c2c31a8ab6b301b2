import { expect, test } from 'vitest'

import { ftpUpload } from '../../src/scenarios/ftp-upload.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 4 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await ftpUpload.run(stage)).toBe(210000)
  expect(told).toContain('← test.txt, 105000 bytes')
})
