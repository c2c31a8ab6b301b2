import { createHash, X509Certificate } from 'node:crypto'

import { publicKeyPin } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { sniName, verifyPins, withoutDot } from '../../src/tls/identity.ts'
import { thrown } from '../support.ts'

const certificate = new X509Certificate(createCertificates().issue().cert)

test('a pin is the hash of the public key', () => {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  expect(publicKeyPin(certificate)).toBe(createHash('sha256').update(spki).digest('base64'))
})

test('a pin is made of a certificate, not of its text', () => {
  expect(thrown(() => publicKeyPin('-----BEGIN' as never))).toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('new X509Certificate(pem)'),
  })
})

test('one of the pins must match; without pins everything does', () => {
  const pin = publicKeyPin(certificate)
  expect(() => verifyPins(certificate, { pins: ['other', pin] }, 'x')).not.toThrow()
  expect(() => verifyPins(undefined, {}, 'x')).not.toThrow()
  expect(thrown(() => verifyPins(certificate, { pins: ['other'] }, 'x')).code).toBe(
    'NET_TLS_CERT_PIN',
  )
  expect(thrown(() => verifyPins(certificate, { pins: [] }, 'x')).code).toBe('NET_TLS_CERT_PIN')
  expect(thrown(() => verifyPins(undefined, { pins: [pin] }, 'x')).code).toBe('NET_TLS_HANDSHAKE')
})

test('addresses are never sent as a name', () => {
  expect(['a.example', '127.0.0.1', '::1', ''].map(sniName)).toEqual([
    'a.example',
    undefined,
    undefined,
    undefined,
  ])
})

test('a name loses the dot of a whole one, and no other', () => {
  expect(['a.example.', 'a.example', '127.0.0.1', ''].map(withoutDot)).toEqual([
    'a.example',
    'a.example',
    '127.0.0.1',
    '',
  ])
})
