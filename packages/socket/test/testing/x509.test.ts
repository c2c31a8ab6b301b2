import { X509Certificate } from 'node:crypto'

import { expect, test } from 'vitest'

import { certificate, identity, revocationList, serialNumber } from '../../src/testing/x509.ts'

const validity = [new Date('2030-01-01T00:00:00Z'), new Date('2030-01-08T00:00:00Z')] as const

test('a certificate says what it was made of, and is signed by its issuer', () => {
  const [subject, issuer] = [identity('subject'), identity('issuer')]
  const serial = serialNumber()
  const made = new X509Certificate(
    certificate({ subject, issuer, validity, extensions: [], serial }),
  )
  expect([made.subject, made.issuer]).toEqual(['CN=subject', 'CN=issuer'])
  expect(made.validFromDate).toEqual(validity[0])
  expect(made.serialNumber.toLowerCase()).toBe(serial.toString('hex'))
})

test('keys are EC, or RSA of the size asked for', () => {
  expect(identity('a').key.asymmetricKeyType).toBe('ec')
  expect(identity('a', 1024).key.asymmetricKeyDetails?.modulusLength).toBe(1024)
})

test('a list of revoked certificates is PEM', () => {
  const text = revocationList(identity('issuer'), validity, [serialNumber()])
  expect(text).toMatch(/^-----BEGIN X509 CRL-----\n[\w+/=\n]+\n-----END X509 CRL-----\n$/)
})
