import { generateKeyPairSync, type KeyObject } from 'node:crypto'

import { expect, test } from 'vitest'

import { isPuttyEncrypted, openPuttyFile } from '../../src/identity/putty-file.ts'
import { fields } from '../../src/identity/wire.ts'
import { failureOf } from '../embedded.ts'
import { puttyText, type PuttyParts } from './key-samples.ts'

function part(key: KeyObject, name: 'n' | 'e' | 'd' | 'p' | 'q' | 'qi' | 'x' | 'y'): Buffer {
  return Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url')
}

function positive(number: Buffer): Buffer {
  return (number[0] ?? 0) < 0x80 ? number : Buffer.concat([Buffer.from([0]), number])
}

function ed25519(key: KeyObject): PuttyParts {
  const type = 'ssh-ed25519'
  return { type, publicKey: fields(type, part(key, 'x')), secret: fields(part(key, 'd')) }
}

function rsa(key: KeyObject): PuttyParts {
  const type = 'ssh-rsa'
  const all = (['e', 'n'] as const).map((name) => positive(part(key, name)))
  const hidden = (['d', 'p', 'q', 'qi'] as const).map((name) => positive(part(key, name)))
  return { type, publicKey: fields(type, ...all), secret: fields(...hidden) }
}

function curve(key: KeyObject, name: string): PuttyParts {
  const type = `ecdsa-sha2-${name}`
  const point = Buffer.concat([Buffer.from([4]), part(key, 'x'), part(key, 'y')])
  return {
    type,
    publicKey: fields(type, name, point),
    secret: fields(positive(part(key, 'd'))),
  }
}

const samples: readonly (readonly [string, KeyObject, (key: KeyObject) => PuttyParts])[] = [
  ['Ed25519', generateKeyPairSync('ed25519').privateKey, ed25519],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, rsa],
  ...(
    [
      ['nistp256', 'prime256v1'],
      ['nistp384', 'secp384r1'],
      ['nistp521', 'secp521r1'],
    ] as const
  ).map(
    ([name, namedCurve]) =>
      [
        name,
        generateKeyPairSync('ec', { namedCurve }).privateKey,
        (key: KeyObject) => curve(key, name),
      ] as const,
  ),
]

test.each(samples)(
  'a key of %s, in both versions, with and without a passphrase',
  async (_, key, parts) => {
    for (const version of [2, 3]) {
      for (const passphrase of ['', 'open sesame']) {
        const text = await puttyText(parts(key), { version, passphrase })
        expect(isPuttyEncrypted(text)).toBe(passphrase !== '')
        const read = await openPuttyFile(text, passphrase)
        expect(read.export({ format: 'jwk' })).toEqual(key.export({ format: 'jwk' }))
      }
    }
  },
)

test('a wrong passphrase differs from a damaged text', async () => {
  const key = generateKeyPairSync('ed25519').privateKey
  for (const version of [2, 3]) {
    const text = await puttyText(ed25519(key), { version, passphrase: 'open sesame' })
    expect(await failureOf(openPuttyFile(text, 'close sesame'))).toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: 'the private key cannot be used: its passphrase is wrong',
    })
    const changed = text.replace('Comment: mine', 'Comment: yours')
    expect((await failureOf(openPuttyFile(changed, 'open sesame'))).message).toContain('is damaged')
  }
  const plain = await puttyText(ed25519(key))
  for (const text of [plain.replace(/Private-Lines[\s\S]*/, ''), plain.slice(0, -10)]) {
    expect((await failureOf(openPuttyFile(text, ''))).message).toContain('its text is damaged')
  }
})

test('what is not supported is reported by its name', async () => {
  const key = generateKeyPairSync('ed25519').privateKey
  const text = await puttyText(ed25519(key), { passphrase: 'open sesame' })
  const encryption = 'Encryption: aes256-cbc'
  for (const [changed, words] of [
    [text.replace('File-3', 'File-1'), "version 1 of PuTTY's format"],
    [text.replace(encryption, 'Encryption: rot13'), 'encrypted with rot13'],
    [text.replace('Argon2id', 'PBKDF7'), 'hashed by PBKDF7'],
    [text.replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 1048577'), 'more memory or work'],
    [await puttyText({ ...ed25519(key), type: 'ssh-dss', publicKey: fields('ssh-dss') }), 'DSA'],
    [
      await puttyText({ ...ed25519(key), type: 'ssh-ed448', publicKey: fields('ssh-ed448') }),
      'keys of the type ssh-ed448',
    ],
  ] as const) {
    expect((await failureOf(openPuttyFile(changed, 'open sesame'))).message).toContain(words)
  }
})
