import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

test('each key pair is another, and its parts belong together', () => {
  const [first, second] = [createSshKey(), createSshKey('me')]
  expect(first.fingerprint).not.toBe(second.fingerprint)
  expect(first.publicKey).toBe(`ssh-ed25519 ${Buffer.from(first.blob).toString('base64')}`)
  expect(first.privateKey).toContain('OPENSSH PRIVATE KEY')
})

test('a comment is a text of one line', () => {
  const refusal = (comment: unknown): (() => void) => {
    return () => createSshKey(comment as string)
  }
  expect(refusal({ comment: 'me' })).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  expect(refusal('a\nb')).toThrow(expect.objectContaining({ code: 'NET_INJECTION' }))
})
