import { createPrivateKey, X509Certificate } from 'node:crypto'
import { getCACertificates } from 'node:tls'

import { connect, type TlsOptions } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
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
  expect(contextOf({ cert, key: encrypted }, right)).toHaveProperty('context')
  const error = thrown(() => contextOf({ cert, key: encrypted }, wrong))
  expect(error.code).toBe('NET_CREDENTIAL_INVALID')
  expectNoCanary(error)
})

test('a wrong passphrase is one also where the key decrypts to something that is no key', () => {
  // One wrong passphrase in 256 leaves bytes whose padding looks right, as this one does.
  const encrypted = [
    '-----BEGIN ENCRYPTED PRIVATE KEY-----',
    'MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDyR5vMBz2bIPiufltR',
    'F7zjAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQley/U6A400HuFZm/',
    'dA5TdgSBkIhycX5Cep7x7SfkCh4ygRERW0Lbc6tIjSP+M/7+g1DKI2YojdZVUd+X',
    'Sq5Tzj0o7vwCAq5MwUimNIsLteMqNo89Ft+ZShi+VTIoctoUQxpCrQTh8d34rg2m',
    'G/m3eMYSTnvK3izMuS4hYF325LvHAgg9BDNlRQtR9vrilw0yyCJe8XYmecuAqDQ7',
    'kZbUIKClKQ==',
    '-----END ENCRYPTED PRIVATE KEY-----',
    '',
  ].join('\n')
  const codeWith = (passphrase: string): string =>
    thrown(() => contextOf({ cert, key: encrypted }, passphrase)).code
  expect(codeWith('wrong 69')).toBe('NET_CREDENTIAL_INVALID')
  // It opens, and belongs to another certificate.
  expect(codeWith('right')).toBe('NET_BAD_OPTION')
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

/** Connects to an echo server with these options; the outcome of the handshake, or the code of the error. */
async function shaken(server: TlsOptions, client: TlsOptions) {
  const errors: unknown[] = []
  await using echo = await startEchoServer({ tls: server, onError: (error) => errors.push(error) })
  try {
    await using connection = await connect(echo.url, { tls: { ca: certificates.ca, ...client } })
    await connection.write('x')
    await connection.readExactly(1)
    return connection.info.tls?.protocol
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('[SOCK-41] authorities are PEM, several in one text, a list, or the stores of the system and of Node', async () => {
  const server = certificates.issue()
  const other = createCertificates().ca
  for (const ca of [`${other}\n${certificates.ca}`, [other, Buffer.from(certificates.ca)]]) {
    expect(await shaken(server, { ca })).toBe('TLSv1.3')
  }
  for (const store of ['system', 'default'] as const) {
    const ca = [...getCACertificates(store), certificates.ca]
    expect(await shaken(server, { ca })).toBe('TLSv1.3')
    if (ca.length > 1) {
      expect(await shaken(server, { ca: getCACertificates(store) })).toBe('NET_TLS_CERT_UNTRUSTED')
    }
  }
})

test('[SOCK-42] a client shows its certificate with the intermediates that it needs', async () => {
  const server = { ...certificates.issue(), ca: certificates.ca }
  const client = certificates.issue({ names: ['me'], intermediate: true })
  expect(await shaken(server, client)).toBe('TLSv1.3')
  const [leaf] = client.cert.match(/-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----/g) ?? []
  expect(await shaken(server, { ...client, cert: leaf! })).not.toBe('TLSv1.3')
})

test('[SOCK-43] versions, ciphers, groups and signature algorithms have to be in common', async () => {
  const server = certificates.issue()
  expect(await shaken({ ...server, minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' })).toBe(
    'NET_TLS_HANDSHAKE',
  )
  const ciphers = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const
  expect(await shaken(server, ciphers)).toBe('TLSv1.2')
  expect(await shaken({ ...server, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }, ciphers)).toBe(
    'NET_TLS_HANDSHAKE',
  )
  expect(await shaken({ ...server, groups: ['P-384'] }, { groups: ['X25519'] })).toBe(
    'NET_TLS_HANDSHAKE',
  )
  expect(await shaken({ ...server, groups: ['P-384', 'X25519'] }, { groups: ['X25519'] })).toBe(
    'TLSv1.3',
  )
  const algorithm = { signatureAlgorithms: ['ecdsa_secp256r1_sha256'] }
  expect(await shaken(server, algorithm)).toBe('TLSv1.3')
  expect(await shaken(server, { signatureAlgorithms: ['rsa_pss_rsae_sha256'] })).toBe(
    'NET_TLS_HANDSHAKE',
  )
})

test('[SOCK-47] a certificate on the list of revoked ones is refused, and others are not', async () => {
  const revoked = certificates.issue({ revoked: true })
  const { crl } = certificates
  expect(await shaken(revoked, { crl })).toBe('NET_TLS_CERT_REVOKED')
  expect(await shaken(revoked, {})).toBe('TLSv1.3')
  expect(await shaken(certificates.issue(), { crl })).toBe('TLSv1.3')
  const server = { ...certificates.issue(), ca: certificates.ca, crl }
  expect(await shaken(server, certificates.issue({ names: ['me'] }))).toBe('TLSv1.3')
  expect(await shaken(server, revoked)).not.toBe('TLSv1.3')
})

test('[SOCK-47] the name is left out of the check, and the chain is not', async () => {
  const other = certificates.issue({ names: ['other.test'] })
  const anyName = { dangerouslySkipNameVerification: true }
  expect(await shaken(other, {})).toBe('NET_TLS_CERT_HOST')
  expect(await shaken(other, anyName)).toBe('TLSv1.3')
  expect(await shaken(certificates.issue({ expired: true }), anyName)).toBe('NET_TLS_CERT_EXPIRED')
  expect(await shaken(createCertificates().issue(), anyName)).toBe('NET_TLS_CERT_UNTRUSTED')
})

test('[SOCK-47] who is trusted needs nobody above: an intermediate authority, or the server itself', async () => {
  const server = certificates.issue({ intermediate: true })
  const [leaf, above] =
    server.cert.match(/-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----/g) ?? []
  expect(await shaken(server, { ca: above! })).toBe('TLSv1.3')
  expect(await shaken(server, { ca: leaf! })).toBe('TLSv1.3')
  expect(await shaken(certificates.issue(), { ca: above! })).toBe('NET_TLS_CERT_UNTRUSTED')
})

test('a key that is too weak for the level asked for is refused', async () => {
  const weak = { ...certificates.issue({ weak: true }), ciphers: 'DEFAULT@SECLEVEL=0' }
  expect(await shaken(weak, { ciphers: 'DEFAULT@SECLEVEL=2' })).toMatch(/^NET_TLS_/)
})

test('the context of an authority of our own is made once for the same options, and never one with a key', () => {
  const { ca } = createCertificates()
  const context = contextOf({ ca })
  expect(contextOf({ ca: [Buffer.from(ca)] })).not.toBe(context)
  expect(contextOf({ ca, minVersion: 'TLSv1.3' })).not.toBe(context)
  expect(contextOf({ ca: createCertificates().ca })).not.toBe(context)
  expect(contextOf({ ca })).toBe(context)
  expect(contextOf({ ca, cert, key })).not.toBe(contextOf({ ca, cert, key }))
})

test('few contexts are kept', () => {
  const { ca } = createCertificates()
  const kept = contextOf({ ca })
  const left = contextOf({ ca, ciphers: 'AES128-SHA' })
  for (let number = 0; number < 20; number++) {
    contextOf({ ca: createCertificates().ca })
    expect(contextOf({ ca })).toBe(kept)
  }
  expect(contextOf({ ca, ciphers: 'AES128-SHA' })).not.toBe(left)
})
