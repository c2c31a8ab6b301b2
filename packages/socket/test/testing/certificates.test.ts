import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

test('its certificates pass the strict checks of openssl', async () => {
  const certificates = createCertificates()
  const { cert } = certificates.issue({ names: ['a.example', '127.0.0.1', '2001:db8::7'] })
  const verdict = await strictVerdict(certificates.ca, cert)
  expect(verdict).toBe('OK')
})

test('a certificate of another authority does not pass', async () => {
  const { cert } = createCertificates().issue()
  expect(await strictVerdict(createCertificates().ca, cert)).not.toBe('OK')
})

test('names, addresses, authority and dates are what was asked for', () => {
  const certificates = createCertificates()
  const ca = new X509Certificate(certificates.ca)
  const leaf = new X509Certificate(
    certificates.issue({ names: ['a.example', '10.1.2.3', '2001:db8::7'] }).cert,
  )
  expect(leaf.subjectAltName).toBe(
    'DNS:a.example, IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:7',
  )
  expect([ca.ca, leaf.ca, leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(7 * 24 * 3_600_000)
  expect(leaf.validToDate.getTime()).toBeGreaterThan(Date.now())
  const expired = new X509Certificate(certificates.issue({ expired: true }).cert)
  expect(expired.validToDate.getTime()).toBeLessThan(Date.now())
  const alone = new X509Certificate(certificates.issue({ selfSigned: true }).cert)
  expect([alone.checkIssued(alone), alone.verify(alone.publicKey)]).toEqual([true, true])
})

test('a certificate of an intermediate authority comes with that', async () => {
  const certificates = createCertificates()
  const { cert } = certificates.issue({ intermediate: true })
  const [leaf, above, ...others] = cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []
  expect(others).toEqual([])
  const [leafCertificate, aboveCertificate] = [
    new X509Certificate(leaf!),
    new X509Certificate(above!),
  ]
  const ca = new X509Certificate(certificates.ca)
  expect(leafCertificate.checkIssued(aboveCertificate) && aboveCertificate.checkIssued(ca)).toBe(
    true,
  )
  expect(
    leafCertificate.verify(aboveCertificate.publicKey) && aboveCertificate.verify(ca.publicKey),
  ).toBe(true)
})

test('bad ones are bad in the way that was asked for', () => {
  const certificates = createCertificates()
  const early = new X509Certificate(certificates.issue({ notYetValid: true }).cert)
  expect(early.validFromDate.getTime()).toBeGreaterThan(Date.now())
  const weak = new X509Certificate(certificates.issue({ weak: true }).cert)
  expect(weak.publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024)
  expect(() => certificates.issue({ expired: true, notYetValid: true })).toThrow(
    /exclude each other/,
  )
})

/** 'OK' if openssl, or where there is none Node itself, takes the certificate for one of the authority's. */
async function strictVerdict(ca: string, cert: string): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-certificates-'))
  const caFile = join(folder.path, 'ca.pem')
  const certFile = join(folder.path, 'cert.pem')
  await writeFile(caFile, ca)
  await writeFile(certFile, cert)
  try {
    await promisify(execFile)('openssl', ['verify', '-x509_strict', '-CAfile', caFile, certFile])
    return 'OK'
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'ENOENT') return (error as Error).message
    const authority = new X509Certificate(ca)
    const leaf = new X509Certificate(cert)
    return leaf.checkIssued(authority) && leaf.verify(authority.publicKey) ? 'OK' : 'refused'
  }
}
