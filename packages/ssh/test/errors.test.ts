import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { HostKeyError, isNetError, ReplyError, secret } from '@net/core'
import { SshChannelError, SshExitError, SshHostKeyError } from '@net/ssh'

test('the leaves belong to the classes of core and have names of their own', () => {
  const exit = new SshExitError(
    'NET_EXIT_STATUS',
    { message: 'x' },
    { exitCode: 2, exitSignal: undefined, stdout: 'out', stderr: 'err' },
  )
  const channel = new SshChannelError('NET_ACCESS_DENIED', { message: 'x' }, 1)
  const host = new SshHostKeyError(
    'NET_HOSTKEY_CHANGED',
    { message: 'x' },
    { fingerprint: 'SHA256:a', known: [] },
  )
  expect([exit, channel, host].map((error) => error.name)).toEqual([
    'SshExitError',
    'SshChannelError',
    'SshHostKeyError',
  ])
  expect([
    exit instanceof ReplyError,
    channel instanceof ReplyError,
    host instanceof HostKeyError,
  ]).toEqual([true, true, true])
  expect(isNetError(host) && host.code).toBe('NET_HOSTKEY_CHANGED')
})

test('what a command printed is in the error, without secrets, and fills no log', () => {
  const password = secret('tr0ub4dor')
  const exit = new SshExitError(
    'NET_EXIT_STATUS',
    { message: 'it failed' },
    { exitCode: 1, exitSignal: undefined, stdout: 'a lot of text', stderr: 'got tr0ub4dor' },
  )
  expect([exit.stdout, exit.stderr]).toEqual(['a lot of text', 'got [secret]'])
  expect(inspect(exit)).not.toContain('a lot of text')
  expect(JSON.stringify(exit)).not.toContain('a lot of text')
  expect(String(password)).toBe('[secret]')
})
