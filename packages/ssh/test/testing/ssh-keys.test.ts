import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

test('each key pair is another, and its parts belong together', () => {
  const [first, second] = [createSshKey(), createSshKey('me')]
  expect(first.fingerprint).not.toBe(second.fingerprint)
  expect(first.publicKey).toBe(`ssh-ed25519 ${Buffer.from(first.blob).toString('base64')}`)
  expect(first.privateKey).toContain('OPENSSH PRIVATE KEY')
})
