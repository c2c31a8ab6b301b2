import { expect, test } from 'vitest'

import { addContext, netError } from '@net/core/authoring'

import { SshHostKeyError } from '../../src/errors.ts'
import { lossOf } from '../../src/engine/ssh2-loss.ts'

test('each waiting call gets an error of its own', () => {
  const failure = netError('NET_TIMEOUT_KEEPALIVE', { message: 'silent', limit: 45_000 })
  const [first, second] = [lossOf(failure, false), lossOf(failure, false)]
  addContext(first, { operation: 'exec' })
  expect(first).toMatchObject({ code: 'NET_TIMEOUT_KEEPALIVE', limit: 45_000, operation: 'exec' })
  expect(second.operation).toBeUndefined()
  expect(second.message).toBe('silent')
})

test('an error of the engine is translated, and no error is an end', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  expect(lossOf(reset, false)).toMatchObject({ code: 'NET_CONN_RESET', cause: reset })
  expect(lossOf(undefined, false)).toMatchObject({ code: 'NET_CONN_CLOSED' })
  expect(lossOf(undefined, true)).toMatchObject({ code: 'NET_CLOSED' })
})

test('an error about a host key keeps its fingerprints', () => {
  const failure = new SshHostKeyError(
    'NET_HOSTKEY_CHANGED',
    { message: 'x' },
    { fingerprint: 'a', known: ['b'] },
  )
  expect(lossOf(failure, false)).toBe(failure)
})
