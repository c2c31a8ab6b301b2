import { expect, test } from 'vitest'

import { httpThroughSsh } from '../../src/scenarios/http-through-ssh.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 8 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await httpThroughSsh.run(stage)).toBe(41)
  expect(told[0]).toMatch(
    /^→ GET http:\/\/127\.0\.0\.1:\d+\/json through ssh:\/\/127\.0\.0\.1:\d+$/,
  )
})
