import { expect, test } from 'vitest'

import { httpGet } from '../../src/scenarios/http-get.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 2 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await httpGet.run(stage)).toBe(41)
  expect(told).toContain('← {"id":1,"title":"Hello","tags":["a","b"]}')
})
