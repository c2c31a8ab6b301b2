import { expect, test } from 'vitest'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { isSignedBy } from '../../src/identity/signatures.ts'
import { keySigner } from '../../src/identity/signer.ts'
import { certificateOf, everyKey } from './key-samples.ts'

test('a key shows itself, or the certificate that it is given', async () => {
  const [key] = everyKey().map((each) => privateKeyOf(each))
  if (key === undefined) throw new Error('no key')
  const blob = certificateOf(key, key.blob)
  const certificate = { type: 'ssh-rsa-cert-v01@openssh.com', blob }
  const [own, shown] = [keySigner(key, undefined), keySigner(key, 'id', certificate)]
  expect(own).toMatchObject({ label: 'key (ssh-rsa)', asks: false })
  expect(shown).toMatchObject({ label: 'key id', blob })
  const [algorithm = ''] = shown.algorithms
  expect(algorithm).toBe('rsa-sha2-512-cert-v01@openssh.com')
  const data = Buffer.from('a')
  const signature = await shown.sign(data, algorithm, new AbortController().signal)
  expect(isSignedBy(key.blob, signature, data)).toBe(true)
})
