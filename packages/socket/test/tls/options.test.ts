import { secure, type TlsOptions } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

test.each([
  [{ rejectUnauthorized: false }, 'use dangerouslySkipVerification'],
  [{ minVersion: 'TLSv1.4' }, "tls.minVersion must be 'TLSv1', 'TLSv1.1', 'TLSv1.2' or 'TLSv1.3'"],
  [{ ca: [5] }, 'tls.ca[0] must be PEM or DER'],
  [{ pins: 'abc' }, 'tls.pins must be a list'],
  [{ alpn: 'h2' }, 'tls.alpn must be a list'],
])('%j is refused before a byte is sent, and the transport is gone', async (tls, text) => {
  const [ours, theirs] = memoryPair()
  const error = await failure(secure(ours, tls as TlsOptions))
  expect([error.code, error.operation]).toEqual(['NET_BAD_OPTION', 'secure'])
  expect(error.message).toContain(text)
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})
