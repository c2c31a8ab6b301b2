import { join } from 'node:path'

import { expect, test } from 'vitest'

import { threadText } from '../../../packages/queue/src/file/thread-text.ts'
import { threadFile, threadScript } from '../thread-text.ts'

test('the script of the thread is that of its sources; else run node tools/queue-thread/main.ts && pnpm format', () => {
  const script = threadScript(join(import.meta.dirname, '../../../packages/queue/src/file'))
  expect(threadText).toBe(script)
  expect(threadFile(script)).toContain('export const threadText: string = ')
})
