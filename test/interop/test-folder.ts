// A temporary folder of one test.
import { onTestFinished } from 'vitest'

import { temporaryFolder } from './child.ts'

/** The path of an empty folder that is removed when the test that runs has finished. */
export function testFolder(): string {
  const folder = temporaryFolder('test')
  onTestFinished(() => folder[Symbol.dispose]())
  return folder.path
}
