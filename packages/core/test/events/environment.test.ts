import { spawnSync } from 'node:child_process'

import { expect, test } from 'vitest'

import { readNetLog } from '../../src/events/environment.ts'

test.each([
  ['info', { level: 'info', protocols: {} }, []],
  ['ssh:trace,http:debug', { level: 'off', protocols: { ssh: 'trace', http: 'debug' } }, []],
  [' WARN , ftp:Trace ', { level: 'warn', protocols: { ftp: 'trace' } }, []],
  ['loud,ssh:trace,:,a:b', { level: 'off', protocols: { ssh: 'trace' } }, ['loud', ':', 'a:b']],
  [',', { level: 'off', protocols: {} }, []],
])('readNetLog reads %j', (text, options, unknown) => {
  expect(readNetLog(text)).toEqual({ options, unknown })
})

// A process of its own, because the variable is read once per process.
const program = `
import { operation } from '@net/core/authoring'
const call = (protocol) => operation({ protocol, operation: 'do', kind: 'command' }, undefined, async (op) => {
  op.wire('send', () => 'line')
})
await call('ssh')
process.env.NET_LOG = 'trace'
await call('http')
`

function stderrWith(value: string | undefined): string {
  const env = { ...process.env, NET_LOG: value, NO_COLOR: '1' }
  const args = ['--conditions=@net/source', '--input-type=module', '--eval', program]
  const { status, stderr, stdout } = spawnSync(process.execPath, args, {
    cwd: import.meta.dirname,
    env,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  return stderr
}

test('[CORE-13] nothing is printed by default', () => {
  expect(stderrWith(undefined)).toBe('')
  expect(stderrWith('')).toBe('')
})

test('[CORE-12] [CORE-20] NET_LOG is read once, at the first operation, and gives each protocol its level', () => {
  const lines = stderrWith('ssh:trace').trimEnd().split('\n')
  expect(lines).toEqual([
    expect.stringMatching(/ debug ssh#\d+ do: started$/),
    expect.stringMatching(/ trace ssh#\d+ > line$/),
    expect.stringMatching(/ info {2}ssh#\d+ do: ok \(\d+ ms\)$/),
  ])
})

test('a part that says nothing is a warning that names it, and the rest holds', () => {
  const text = stderrWith('ssh:loud,http:info')
  expect(text).toContain('[NET_LOG_UNKNOWN] Warning: NET_LOG: "ssh:loud" is not understood')
  expect(text).toMatch(/ info {2}http#\d+ do: ok/)
})
