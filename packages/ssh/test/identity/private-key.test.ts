import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

import { expect, test } from 'vitest'

import { isEncrypted, openPrivateKey } from '../../src/identity/private-key.ts'
import { fields } from '../../src/identity/wire.ts'
import { encryptedOpenssh, puttyText } from './key-samples.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey
const p521 = generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey
const ed25519 = generateKeyPairSync('ed25519').privateKey
const passphrase = 'correct horse'
const cipher = 'aes-256-cbc'

async function typeOf(text: string, phrase?: string): Promise<string> {
  return (await openPrivateKey(text, phrase)).type
}

function pem(key: KeyObject, options: object): string {
  return String(key.export({ format: 'pem', ...options } as never))
}

test('[SSH-67] PKCS#8, PKCS#1 and SEC1 keys of every type, plain and encrypted', async () => {
  const keys: readonly (readonly [KeyObject, string, string])[] = [
    [rsa, 'pkcs1', 'ssh-rsa'],
    [p256, 'sec1', 'ecdsa-sha2-nistp256'],
    [p384, 'sec1', 'ecdsa-sha2-nistp384'],
    [p521, 'sec1', 'ecdsa-sha2-nistp521'],
    [ed25519, 'pkcs8', 'ssh-ed25519'],
  ]
  for (const [key, old, type] of keys) {
    expect(await typeOf(pem(key, { type: 'pkcs8' }))).toBe(type)
    expect(await typeOf(pem(key, { type: old }))).toBe(type)
    const encrypted = pem(key, { type: 'pkcs8', cipher, passphrase })
    expect(isEncrypted(encrypted)).toBe(true)
    expect(await typeOf(encrypted, passphrase)).toBe(type)
  }
  const old = pem(rsa, { type: 'pkcs1', cipher, passphrase })
  expect(old).toContain('Proc-Type: 4,ENCRYPTED')
  expect(await typeOf(old, passphrase)).toBe('ssh-rsa')
})

test('a wrong passphrase, or none, is a credential that is not valid, without a word of the key', async () => {
  const encrypted = pem(ed25519, { type: 'pkcs8', cipher, passphrase })
  for (const phrase of ['wrong', undefined]) {
    await expect(async () => typeOf(encrypted, phrase)).rejects.toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: expect.stringMatching(/^the private key cannot be used: its passphrase is wrong/),
    })
  }
})

test('a wrong passphrase that leaves what looks decrypted is told as one', async () => {
  const encrypted = pem(ed25519, { type: 'pkcs8', cipher, passphrase })
  const looksDecrypted = (phrase: string): boolean => {
    try {
      createPrivateKey({ key: encrypted, format: 'pem', passphrase: phrase })
    } catch (error) {
      return Reflect.get(error as Error, 'code') === 'ERR_OSSL_UNSUPPORTED'
    }
    return false
  }
  let number = 0
  // One of some 256.
  while (!looksDecrypted(`wrong ${number}`)) number += 1
  await expect(async () => typeOf(encrypted, `wrong ${number}`)).rejects.toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
    message: expect.stringMatching(/^the private key cannot be used: its passphrase is wrong/),
  })
})

test('what SSH or this package does not have is reported by its name', async () => {
  const x25519 = generateKeyPairSync('x25519').privateKey
  const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey
  for (const [key, words] of [
    [x25519, 'keys of the type x25519'],
    [k256, 'the curve secp256k1'],
    [dsa, 'a DSA key'],
  ] as const) {
    await expect(async () => typeOf(pem(key, { type: 'pkcs8' }))).rejects.toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: expect.stringContaining(words),
    })
  }
  await expect(
    openPrivateKey('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
  ).rejects.toThrow('its text is damaged')
})

test("keys in OpenSSH's and PuTTY's formats", async () => {
  expect(await typeOf(encryptedOpenssh(passphrase), passphrase)).toBe('ssh-ed25519')
  const { x = '', d = '' } = ed25519.export({ format: 'jwk' })
  const parts = {
    type: 'ssh-ed25519',
    publicKey: fields('ssh-ed25519', Buffer.from(x, 'base64url')),
    secret: fields(Buffer.from(d, 'base64url')),
  }
  const encrypted = await puttyText(parts, { passphrase })
  expect([isEncrypted(encrypted), await typeOf(encrypted, passphrase)]).toEqual([
    true,
    'ssh-ed25519',
  ])
})
