import { expect, test } from 'vitest'

import { databaseThroughSsh } from '../../src/scenarios/database-through-ssh.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 14 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  expect(await databaseThroughSsh.run(stage)).toBe(7)
  expect(lines.at(-1)).toBe('← Hello, 1, 2')
})
