import { expect, test } from 'vitest'

import { httpGet } from '../../src/scenarios/http-get.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 2 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpGet.run(stage)).toBe(41)
  expect(lines).toContain('← {"id":1,"title":"Hello","tags":["a","b"]}')
})
