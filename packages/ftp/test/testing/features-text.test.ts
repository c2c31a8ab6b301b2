import { expect, test } from 'vitest'

import { featuresOf } from '../../src/testing/features-text.ts'

test('features of a server with and without TLS', () => {
  expect(featuresOf(true, 'MD5')).toContain('AUTH TLS')
  expect(featuresOf(false, 'MD5')).not.toContain('PROT')
  expect(featuresOf(false, 'MD5')).toContain('HASH SHA-256;SHA-1;MD5*')
})
