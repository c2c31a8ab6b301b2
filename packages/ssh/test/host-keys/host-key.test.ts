import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { describeKey, fingerprintOf, keyType, readHostKey } from '../../src/host-keys/host-key.ts'

test('a key has its type and the fingerprint that OpenSSH prints', () => {
  // The key and the fingerprint of `ssh-keygen -lf`.
  const blob = Buffer.from(
    'AAAAC3NzaC1lZDI1NTE5AAAAIJfX1YmWfZaVO9qJ0i0mBf0eHbgCpD0xTCbrDxmVMBbz',
    'base64',
  )
  expect(fingerprintOf(blob)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  expect(describeKey(readHostKey(blob))).toBe(`ssh-ed25519 ${fingerprintOf(blob)}`)
})

test('a key without a type is refused', () => {
  const key = createSshKey()
  expect(keyType(key.blob)).toBe('ssh-ed25519')
  for (const bytes of [
    [],
    [0, 0, 0, 0],
    [0, 0, 0, 9, 65],
    [255, 255, 255, 255],
    [0, 0, 0, 1, 10],
  ]) {
    expect(keyType(Uint8Array.from(bytes))).toBeUndefined()
    expect(() => readHostKey(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
    )
  }
})
