import { open } from 'node:fs/promises'
import { createServer } from 'node:net'

import { expect, test } from 'vitest'

import { defineErrorTable, translate } from '@net/core/authoring'

const table = defineErrorTable([])
const code = (fields: object): string =>
  translate(Object.assign(new Error('x'), fields), table, {}).code

test.each([
  ['ECONNREFUSED', 'NET_CONNECT_REFUSED'],
  ['EHOSTUNREACH', 'NET_CONNECT_UNREACHABLE'],
  ['ETIMEDOUT', 'NET_TIMEOUT_CONNECT'],
  ['ENOTFOUND', 'NET_DNS_NOT_FOUND'],
  ['EAI_AGAIN', 'NET_DNS_TEMPORARY'],
  ['ECONNRESET', 'NET_CONN_RESET'],
  ['EPIPE', 'NET_CONN_CLOSED'],
  ['EADDRINUSE', 'NET_BIND_IN_USE'],
  ['EMFILE', 'NET_LOCAL_LIMIT'],
  ['CERT_HAS_EXPIRED', 'NET_TLS_CERT_EXPIRED'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'NET_TLS_CERT_HOST'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NET_TLS_CERT_UNTRUSTED'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NET_TLS_CERT_UNTRUSTED'],
  ['CERT_REVOKED', 'NET_TLS_CERT_REVOKED'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'NET_TLS_NOT_TLS'],
  ['ERR_SSL_NO_SHARED_CIPHER', 'NET_TLS_HANDSHAKE'],
  ['EPROTO', 'NET_TLS_HANDSHAKE'],
  ['ABORT_ERR', 'NET_ABORTED'],
])('%s is %s', (foreign, ours) => {
  expect(code({ code: foreign })).toBe(ours)
})

// Every code that Node makes of OpenSSL's verification of a certificate (src/crypto/crypto_common.cc), but OUT_OF_MEM.
test.each([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
  'UNSPECIFIED',
])('%s is an error of the certificate', (foreign) => {
  expect(code({ code: foreign })).toMatch(/^NET_TLS_CERT_/)
})

test('a certificate that is refused for a reason without a code is reported with the reason', () => {
  const weak = Object.assign(new Error('EE certificate key too weak'), { code: 'UNSPECIFIED' })
  const error = translate(weak, table, {})
  expect(error).toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED', retry: 'never', cause: weak })
  expect(error.message).toContain('EE certificate key too weak')
})

test('what the library of TLS says of what it was sent is an error of the handshake', () => {
  expect(code({ code: 'ERR_OSSL_ASN1_WRONG_TAG' })).toBe('NET_TLS_HANDSHAKE')
  expect(code({ code: 'OUT_OF_MEM' })).toBe('NET_LOCAL_LIMIT')
})

test('a refused local address differs from a refused file', () => {
  expect(code({ code: 'EACCES', syscall: 'listen' })).toBe('NET_BIND_DENIED')
  expect(code({ code: 'EACCES', syscall: 'open' })).toBe('NET_LOCAL_IO')
})

test('a missing local file is local, and keeps its errno', async () => {
  const thrown: unknown = await open('/no/such/file').catch((error: unknown) => error)
  const error = translate(thrown, table, {})
  expect(error.code).toBe('NET_LOCAL_IO')
  expect(error.message).toContain('ENOENT')
  expect(error.cause).toMatchObject({ errno: -2 })
})

test('a port in use is local too', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => first.once('listening', resolve))
  const address = first.address() as { port: number }
  const second = createServer()
  const thrown: unknown = await new Promise((resolve) => {
    second.once('error', resolve)
    second.listen(address.port, '127.0.0.1')
  })
  first.close()
  expect(translate(thrown, table, {}).code).toBe('NET_BIND_IN_USE')
})
