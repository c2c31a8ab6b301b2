import { createPrivateKey, X509Certificate } from 'node:crypto'

import { secret } from '@net/core'
import { createCertificates } from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { contextOf, serverContext } from '../../src/tls/context.ts'
import { thrown } from '../support.ts'

const certificates = createCertificates()
const { cert, key } = certificates.issue()

test('certificates and keys are taken as PEM, as bytes of PEM and as DER', () => {
  const der = new X509Certificate(cert).raw
  const keyDer = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  for (const options of [
    { cert, key, ca: certificates.ca },
    { cert: Buffer.from(cert), key: Buffer.from(key), ca: [certificates.ca, cert] },
    { cert: new Uint8Array(der), key: keyDer, ca: [new X509Certificate(certificates.ca).raw] },
  ]) {
    expect(contextOf(options)).toHaveProperty('context')
  }
})

test('an encrypted key opens with its passphrase, and no error shows a wrong one', () => {
  const right = canary('passphrase')
  const wrong = canary('wrong-passphrase')
  const encrypted = createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: right })
    .toString()
  expect(contextOf({ cert, key: encrypted, passphrase: right })).toHaveProperty('context')
  expect(contextOf({ cert, key: encrypted, passphrase: secret(right) })).toHaveProperty('context')
  const error = thrown(() => contextOf({ cert, key: encrypted, passphrase: wrong }))
  expect(error.code).toBe('NET_CREDENTIAL_INVALID')
  expectNoCanary(error)
})

test('what cannot be used is a bad option', () => {
  expect(thrown(() => contextOf({ ca: 'no certificate' })).code).toBe('NET_BAD_OPTION')
  expect(thrown(() => contextOf({ cert: 'neither' })).code).toBe('NET_BAD_OPTION')
  expect(thrown(() => contextOf({ cert, key: certificates.issue().key })).code).toBe(
    'NET_BAD_OPTION',
  )
  expect(thrown(() => contextOf({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' })).code).toBe(
    'NET_BAD_OPTION',
  )
  expect(thrown(() => contextOf({ ciphers: 'NO-SUCH-CIPHER' })).code).toBe('NET_BAD_OPTION')
})

test('a server needs a certificate and its key', () => {
  expect(serverContext({ cert, key })).toHaveProperty('context')
  expect(thrown(() => serverContext({ cert })).code).toBe('NET_BAD_OPTION')
})
