import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

test('a million waits on one long-lived signal leave the heap as it was', async () => {
  const source = process.env['NET_TEST_PACKED'] === undefined ? ['--conditions=@net/source'] : []
  const program = fileURLToPath(new URL('million-waits.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    ...source,
    program,
  ])
  const { waits, grown, listeners } = JSON.parse(stdout) as Record<string, number>
  expect(waits).toBe(1_000_000)
  expect(grown).toBeLessThan(5 * 1024 * 1024)
  expect(listeners).toBe(0)
})
