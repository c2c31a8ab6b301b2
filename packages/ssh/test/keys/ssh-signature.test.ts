import { expect, test } from 'vitest'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { isSignatureOf, makeSignature, readSignature } from '../../src/keys/ssh-signature.ts'
import { everyKey } from '../identity/key-samples.ts'

const data = Buffer.from('what is signed')

test('[SSH-69] keys of every type sign for one namespace', () => {
  for (const key of everyKey().map((node) => privateKeyOf(node))) {
    const signature = readSignature(makeSignature(key, data, 'file'))
    expect(signature).toMatchObject({ namespace: 'file', hash: 'sha512' })
    expect(isSignatureOf(signature, data, 'file')).toBe(true)
    expect(isSignatureOf(signature, data, 'git')).toBe(false)
    expect(isSignatureOf(signature, Buffer.from('another'), 'file')).toBe(false)
  }
})

test('what is no signature, and an empty namespace', () => {
  for (const text of [
    '',
    'hello',
    '-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----',
  ]) {
    expect(() => readSignature(text)).toThrow(
      expect.objectContaining({ code: 'NET_CREDENTIAL_INVALID' }),
    )
  }
  const [key] = everyKey().map((node) => privateKeyOf(node))
  if (key === undefined) throw new Error('no key')
  expect(() => makeSignature(key, data, '')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
