import { expect, test } from 'vitest'

import { generateKey, readPublicKey } from '@net/ssh'

import { failureOf } from '../embedded.ts'

test('[SSH-68] a public key as people compare it', async () => {
  const { publicKey } = await generateKey({ type: 'ecdsa', bits: 384, comment: 'ada at home' })
  const read = await readPublicKey(publicKey.line)
  expect(read).toMatchObject({ type: 'ecdsa-sha2-nistp384', bits: 384, comment: 'ada at home' })
  expect(read.fingerprint).toBe(publicKey.fingerprint)
  expect(read.fingerprintMd5).toMatch(/^MD5:(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/)
  expect(read.randomart).toContain('[ECDSA 384]')
  expect(read.certificate).toBeUndefined()
})

test('what is no public key', async () => {
  const text = await (await generateKey()).export()
  expect(await failureOf(readPublicKey(text))).toMatchObject({ code: 'NET_CREDENTIAL_INVALID' })
})
