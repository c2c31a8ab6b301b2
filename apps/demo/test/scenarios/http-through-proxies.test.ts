import { expect, test } from 'vitest'

import { httpThroughProxies } from '../../src/scenarios/http-through-proxies.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 9 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpThroughProxies.run(stage)).toBe(41)
  expect(lines[0]).toMatch(
    /^→ GET http:\/\/api\.internal:\d+\/json through http:\/\/127\.0\.0\.1:\d+ and socks5:\/\/127\.0\.0\.1:\d+$/,
  )
})
