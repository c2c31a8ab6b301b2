import { createHash, sign } from 'node:crypto'

import { expect, test } from 'vitest'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import {
  algorithmOf,
  algorithmsOf,
  isCertificateType,
  isSignedBy,
  plainType,
  rsaBits,
  signData,
} from '../../src/identity/signatures.ts'
import { fields, FieldReader } from '../../src/identity/wire.ts'
import { everyKey } from './key-samples.ts'

const data = Buffer.from('what is signed')

test('keys of every type sign what their public half verifies, and nothing else', () => {
  for (const key of everyKey()) {
    const { type, blob } = privateKeyOf(key)
    for (const algorithm of algorithmsOf(type)) {
      const signature = signData(key, algorithm, data)
      expect(algorithmOf(signature)).toBe(algorithm)
      expect(isSignedBy(blob, signature, data)).toBe(true)
      expect(isSignedBy(blob, signature, Buffer.from('something else'))).toBe(false)
      expect(isSignedBy(blob, signature.subarray(0, -1), data)).toBe(false)
    }
  }
})

test('RSA signs with SHA-2 alone, and is believed with SHA-2 alone', () => {
  const [rsa] = everyKey()
  if (rsa === undefined) throw new Error('no key')
  const { blob } = privateKeyOf(rsa)
  expect(algorithmsOf('ssh-rsa')).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
  const old = fields('ssh-rsa', sign('sha1', data, rsa))
  expect(isSignedBy(blob, old, data)).toBe(false)
  expect(rsaBits(blob)).toBe(2048)
  expect(rsaBits(fields('ssh-ed25519', 'x'))).toBeUndefined()
})

test('a signature of a security device counts only if somebody touched it', () => {
  const key = everyKey()[4]
  if (key === undefined) throw new Error('no key')
  const reader = new FieldReader(privateKeyOf(key).blob)
  reader.field()
  const blob = fields('sk-ssh-ed25519@openssh.com', reader.field(), 'ssh:')
  const hash = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
  const signed = (flags: number): Buffer => {
    const rest = Buffer.from([flags, 0, 0, 0, 9])
    const told = Buffer.concat([hash('ssh:'), rest, hash(data)])
    return Buffer.concat([fields('sk-ssh-ed25519@openssh.com', sign(null, told, key)), rest])
  }
  expect(isSignedBy(blob, signed(1), data)).toBe(true)
  expect(isSignedBy(blob, signed(0), data)).toBe(false)
})

test('the names of certificates and of the keys in them', () => {
  expect(algorithmsOf('ssh-rsa-cert-v01@openssh.com')).toEqual([
    'rsa-sha2-512-cert-v01@openssh.com',
    'rsa-sha2-256-cert-v01@openssh.com',
  ])
  expect(plainType('sk-ssh-ed25519-cert-v01@openssh.com')).toBe('sk-ssh-ed25519@openssh.com')
  expect(plainType('rsa-sha2-512-cert-v01@openssh.com')).toBe('rsa-sha2-512')
  expect([
    isCertificateType('ssh-ed25519'),
    isCertificateType('ssh-ed25519-cert-v01@openssh.com'),
  ]).toEqual([false, true])
  expect(algorithmOf(Buffer.of(1))).toBe('')
})
