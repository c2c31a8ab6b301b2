import { expect, test } from 'vitest'

import { tcpGreeting } from '../../src/scenarios/tcp-greeting.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 1 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await tcpGreeting.run(stage)).toBe(18)
  expect(lines).toContain('← Hello from server!')
})
