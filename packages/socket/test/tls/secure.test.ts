import { secure } from '@net/socket'
import { createCertificates, memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

const { ca } = createCertificates()

test('with a signal that is aborted already the transport is let go', async () => {
  const [ours, theirs] = memoryPair()
  const call = secure(ours, {}, { signal: AbortSignal.abort() })
  expect((await failure(call)).code).toBe('NET_ABORTED')
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})

test('options that cannot be used let the transport go', async () => {
  const [ours, theirs] = memoryPair()
  expect((await failure(secure(ours, { ca: 'x', cert: 'no' }))).code).toBe('NET_BAD_OPTION')
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})

test('an abort before the first byte lets the transport go, and asks nobody for a passphrase', async () => {
  const [ours, theirs] = memoryPair()
  const given = new AbortController()
  let asked = 0
  const passphrase = (): string => {
    asked += 1
    return 'secret'
  }
  const call = failure(secure(ours, { ca, passphrase }, { signal: given.signal }))
  given.abort()
  expect((await call).code).toBe('NET_ABORTED')
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
  expect(asked).toBe(0)
})
