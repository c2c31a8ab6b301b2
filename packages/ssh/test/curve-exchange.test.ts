import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { CurveExchange } from '../src/curve-exchange.ts'

test('both sides come to the same secret', () => {
  const [ours, theirs] = [new CurveExchange(), new CurveExchange()]
  expect(ours.publicKey).toHaveLength(32)
  expect(ours.publicKey.equals(theirs.publicKey)).toBe(false)
  const secret = ours.secretOf(theirs.publicKey)
  expect(secret).toHaveLength(32)
  expect(theirs.secretOf(ours.publicKey)).toEqual(secret)
  // Another implementation of the other side, which has keys as DER.
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const point = Buffer.concat([der.subarray(0, -32), ours.publicKey])
  const shown = createPublicKey({ key: point, type: 'spki', format: 'der' })
  expect(ours.secretOf(der.subarray(-32))).toEqual(diffieHellman({ privateKey, publicKey: shown }))
})

test('an answer that cannot be one is an error', () => {
  const ours = new CurveExchange()
  for (const length of [0, 31, 33]) {
    expect(() => ours.secretOf(new Uint8Array(length).fill(9))).toThrow(`${length} bytes`)
  }
  // Points of a small order, whose secret is zero (RFC 8731, section 3).
  for (const first of [0, 1]) {
    const point = new Uint8Array(32)
    point[0] = first
    expect(() => ours.secretOf(point)).toThrow()
  }
})
