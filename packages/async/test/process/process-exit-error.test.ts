import { inspect } from 'node:util'

import { ProcessExitError } from '@net/async'
import { ReplyError, secret } from '@net/core'
import { expect, test } from 'vitest'

test('belongs to the errors of core and has a name of its own', () => {
  const result = { exitCode: undefined, exitSignal: 'KILL', stdout: '', stderr: '' }
  const error = new ProcessExitError('NET_EXIT_SIGNAL', { message: 'x' }, result)
  expect(error.name).toBe('ProcessExitError')
  expect(error instanceof ReplyError).toBe(true)
  expect([error.code, error.exitCode, error.exitSignal]).toEqual([
    'NET_EXIT_SIGNAL',
    undefined,
    'KILL',
  ])
})

test('what the process printed is in it, without secrets, and fills no log', () => {
  const password = secret('tr0ub4dor')
  const result = {
    exitCode: 1,
    exitSignal: undefined,
    stdout: 'a lot of text',
    stderr: 'got tr0ub4dor',
  }
  const error = new ProcessExitError('NET_EXIT_STATUS', { message: 'x' }, result)
  expect([error.stdout, error.stderr]).toEqual(['a lot of text', 'got [secret]'])
  expect(inspect(error)).not.toContain('a lot of text')
  expect(JSON.stringify(error)).not.toContain('a lot of text')
  expect(String(password)).toBe('[secret]')
})
