import { expect, test } from 'vitest'

import { httpPost } from '../../src/scenarios/http-post.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 3 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await httpPost.run(stage)).toBe(70)
  expect(told).toContain('← POST {"title":"Hello","body":"from net"}')
})
