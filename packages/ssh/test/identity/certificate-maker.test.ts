import { expect, test } from 'vitest'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { readCertificate } from '../../src/identity/certificate.ts'
import { certificateOf, everyKey } from './key-samples.ts'

const [first] = everyKey().map((key) => privateKeyOf(key))
if (first === undefined) throw new Error('no key')

test('options stand by name, each with a field of its own', () => {
  const made = certificateOf(first, first.blob, {
    criticalOptions: { 'source-address': '10.0.0.0/8', 'force-command': 'ls' },
  })
  const { criticalOptions = {} } = readCertificate(made) ?? {}
  expect(Object.keys(criticalOptions)).toEqual(['force-command', 'source-address'])
  expect(Buffer.from(criticalOptions['force-command'] ?? []).toString()).toBe('\0\0\0\u0002ls')
})

test('a certificate has no certificate', () => {
  const made = certificateOf(first, first.blob)
  expect(() => certificateOf(first, made)).toThrow('not a certificate')
})
