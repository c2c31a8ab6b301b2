import { expect, test } from 'vitest'

import { httpWebSocket } from '../../src/scenarios/http-websocket.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 12 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await httpWebSocket.run(stage)).toBe(22)
  expect(lines).toEqual(['→ one', '← ONE', '→ two', '← TWO', '→ three', '← THREE'])
})
