import { expect, test } from 'vitest'

import { filesMirror } from '../../src/scenarios/files-mirror.ts'
import { recordingStage } from '../recording-stage.ts'

test('scenario 10 works and reports its steps', async () => {
  const { stage, lines } = recordingStage()
  // Half of the cut file was there already, and is not sent again.
  expect(await filesMirror.run(stage)).toBe(9584)
  expect(lines[0]).toBe('→ mirror: 5 to make, 1 to remove')
  expect(lines.find((line) => line.startsWith('←'))).toContain('← css/site.css: ')
  expect(lines).toContain('← the next run made 1 and kept 4')
})
