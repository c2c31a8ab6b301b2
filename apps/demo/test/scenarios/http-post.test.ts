import { expect, test } from 'vitest'

import { httpPost } from '../../src/scenarios/http-post.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 3 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpPost.run(stage)).toBe(70)
  expect(lines).toContain('← POST {"title":"Hello","body":"from net"}')
})
