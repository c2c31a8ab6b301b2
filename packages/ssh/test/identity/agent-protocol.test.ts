import { expect, test } from 'vitest'

import { readKeys, readAgentSignature, signRequest } from '../../src/identity/agent-protocol.ts'
import { fields, uint32 } from '../../src/identity/wire.ts'

test('the flags choose the hash of RSA, also behind a certificate', () => {
  const flagsOf = (algorithm: string): number =>
    signRequest(Buffer.from('k'), Buffer.from('d'), algorithm).readUInt32BE(11)
  expect(flagsOf('rsa-sha2-256')).toBe(2)
  expect(flagsOf('rsa-sha2-512-cert-v01@openssh.com')).toBe(4)
  expect(flagsOf('ssh-ed25519')).toBe(0)
})

test('answers are read whole or not at all', () => {
  const keys = Buffer.concat([Buffer.of(12), uint32(1), fields('key', 'ada')])
  expect(readKeys(keys)).toEqual([{ blob: Uint8Array.from(Buffer.from('key')), comment: 'ada' }])
  expect(readKeys(Buffer.of(5))).toBeUndefined()
  expect(() => readKeys(keys.subarray(0, -1))).toThrow(RangeError)
  expect(() => readKeys(Buffer.concat([Buffer.of(12), uint32(4000)]))).toThrow(RangeError)
  expect(readAgentSignature(Buffer.concat([Buffer.of(14), fields('s')]))).toEqual(
    Uint8Array.of(115),
  )
  expect(readAgentSignature(Buffer.of(5))).toBeUndefined()
})
