import { expect, test } from 'vitest'

import { httpThroughProxies } from '../../src/scenarios/http-through-proxies.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 9 does what it says and tells it', async () => {
  const { stage, told } = recordingStage()
  expect(await httpThroughProxies.run(stage)).toBe(41)
  expect(told[0]).toMatch(
    /^→ GET http:\/\/api\.internal:\d+\/json through http:\/\/127\.0\.0\.1:\d+ and socks5:\/\/127\.0\.0\.1:\d+$/,
  )
})
