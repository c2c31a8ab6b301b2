import { expect, test } from 'vitest'

import { tcpGreeting } from '../../src/scenarios/tcp-greeting.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 1 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await tcpGreeting.run(stage)).toBe(18)
  expect(told).toContain('← Hello from server!')
})
