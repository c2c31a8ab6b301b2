import { expect, test } from 'vitest'

import { sftpResume } from '../../src/scenarios/sftp-resume.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 11 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await sftpResume.run(stage)).toBe(2_000_000)
  const [sent, lost, done] = lines.filter((line) => /^[→←]/.test(line))
  expect(sent).toBe('→ backup.tar, 2000000 bytes')
  expect(lost).toMatch(/^← NET_CONN_\w+; the server has a part of it$/)
  expect(done).toBe('← the next call has compared the part, and sent the rest')
})
