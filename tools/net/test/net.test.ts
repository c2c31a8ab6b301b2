import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { root } from '@tools/workspace'
import { expect, test } from 'vitest'

test('the bundle of the sources is made, and is the command', () => {
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [join(root, 'tools/net.mjs'), ...args], { encoding: 'utf8' })
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(run('ls', join(root, 'tools/net'))).toContain('settings.ts')
})
