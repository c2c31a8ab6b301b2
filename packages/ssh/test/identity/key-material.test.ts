import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import {
  mpint,
  privateKeyOf,
  publicKeyOf,
  readSecretFields,
  secretFieldsOf,
  sized,
} from '../../src/identity/key-material.ts'
import { FieldReader } from '../../src/identity/wire.ts'
import { everyKey } from './key-samples.ts'

test('keys of every type are the same behind the wire format, both halves', () => {
  for (const key of everyKey()) {
    const ours = privateKeyOf(key, 'mine')
    const read = readSecretFields(new FieldReader(secretFieldsOf(ours)))
    expect(read.equals(key)).toBe(true)
    expect(privateKeyOf(read)).toMatchObject({ type: ours.type, comment: '' })
    const open = publicKeyOf(ours.blob)
    expect(open?.export({ format: 'jwk' })).toMatchObject({
      kty: key.export({ format: 'jwk' }).kty,
    })
    expect(Buffer.from(privateKeyOf(read).blob).equals(ours.blob)).toBe(true)
  }
})

test('types that SSH does not have are named', () => {
  const { privateKey } = generateKeyPairSync('x25519')
  expect(() => privateKeyOf(privateKey)).toThrow('keys of the type x25519 are not supported')
  expect(publicKeyOf(Buffer.from('0000000873736820646b7301', 'hex'))).toBeUndefined()
})

test('a number has no zeros in front but the one that keeps it from being negative', () => {
  expect([...mpint(Buffer.of(0, 0, 127))]).toEqual([127])
  expect([...mpint(Buffer.of(0, 128))]).toEqual([0, 128])
  expect([...mpint(Buffer.of(0, 0))]).toEqual([])
  expect([...sized(Buffer.of(0, 200), 3)]).toEqual([0, 0, 200])
})
