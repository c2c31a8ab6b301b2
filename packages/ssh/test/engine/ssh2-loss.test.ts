import { expect, test } from 'vitest'

import { addContext, netError } from '@net/core/authoring'

import { SshHostKeyError } from '../../src/errors.ts'
import { lossForWaits } from '../../src/engine/ssh2-loss.ts'

test('each waiting call gets an error of its own', () => {
  const failure = netError('NET_TIMEOUT_KEEPALIVE', { message: 'silent', limit: 45_000 })
  const [first, second] = [lossForWaits(failure, false), lossForWaits(failure, false)]
  addContext(first, { operation: 'exec' })
  expect(first).toMatchObject({ code: 'NET_TIMEOUT_KEEPALIVE', limit: 45_000, operation: 'exec' })
  expect(second.operation).toBeUndefined()
  expect(second.message).toBe('silent')
})

test('an error of the engine is translated, and no error is an end', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  expect(lossForWaits(reset, false)).toMatchObject({ code: 'NET_CONN_RESET', cause: reset })
  expect(lossForWaits(undefined, false)).toMatchObject({ code: 'NET_CONN_CLOSED' })
  expect(lossForWaits(undefined, true)).toMatchObject({ code: 'NET_CLOSED' })
})

test('an error about a host key keeps its fingerprints', () => {
  const failure = new SshHostKeyError(
    'NET_HOSTKEY_CHANGED',
    { message: 'x' },
    { fingerprint: 'a', known: ['b'] },
  )
  expect(lossForWaits(failure, false)).toBe(failure)
})
