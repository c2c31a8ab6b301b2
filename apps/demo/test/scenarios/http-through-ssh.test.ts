import { expect, test } from 'vitest'

import { httpThroughSsh } from '../../src/scenarios/http-through-ssh.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 8 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpThroughSsh.run(stage)).toBe(41)
  expect(lines[0]).toMatch(
    /^→ GET http:\/\/127\.0\.0\.1:\d+\/json through ssh:\/\/127\.0\.0\.1:\d+$/,
  )
})
