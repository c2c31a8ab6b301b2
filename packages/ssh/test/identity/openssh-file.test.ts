import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import type { PrivateKey } from '../../src/identity/key-material.ts'
import {
  formatOpensshFile,
  openOpensshFile,
  readOpensshFile,
} from '../../src/identity/openssh-file.ts'
import { fields } from '../../src/identity/wire.ts'
import { failureOf } from '../embedded.ts'
import { encryptedOpenssh, numbers, secretOfType, wrapped } from './key-samples.ts'

function complaint(text: string): string {
  try {
    readOpensshFile(text.trim())
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

function open(text: string, passphrase = ''): Promise<PrivateKey> {
  return openOpensshFile(readOpensshFile(text.trim()), passphrase)
}

test.each(['aes256-ctr', 'aes128-ctr', 'aes192-cbc', 'aes256-gcm@openssh.com'])(
  'a key that is encrypted with %s opens with its passphrase alone',
  async (cipher) => {
    const text = encryptedOpenssh('open sesame', { cipher })
    expect(readOpensshFile(text.trim())).toMatchObject({ encrypted: true, cipher })
    expect((await open(text, 'open sesame')).type).toBe('ssh-ed25519')
    const wrong = await failureOf(open(text, 'close sesame'))
    expect(wrong).toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: 'the private key cannot be used: its passphrase is wrong',
    })
  },
)

test('a key without encryption opens as it is', async () => {
  const pair = createSshKey()
  const key = await open(pair.privateKey)
  expect(Buffer.from(key.blob).equals(pair.blob)).toBe(true)
})

test('what is not supported is reported by its name', async () => {
  for (const [type, words] of [
    ['ssh-dss', 'a DSA key'],
    ['sk-ssh-ed25519@openssh.com', 'a security device (sk-ssh-ed25519@openssh.com)'],
    ['ssh-new', 'keys of the type ssh-new'],
  ] as const) {
    const text = encryptedOpenssh('open sesame', { secret: secretOfType(type) })
    expect((await failureOf(open(text, 'open sesame'))).message).toContain(words)
  }
  const [cipher, key] = ['chacha20-poly1305@openssh.com', fields('', '')]
  const options = Buffer.concat([fields('salt'), numbers(16)])
  const chacha = Buffer.concat([fields(cipher, 'bcrypt', options), numbers(1), key])
  expect(complaint(wrapped(chacha))).toContain(`encrypted with ${cipher}`)
  const scrypt = Buffer.concat([fields('aes256-ctr', 'scrypt', ''), numbers(1), key])
  expect(complaint(wrapped(scrypt))).toContain('hashed by scrypt')
  expect(complaint(encryptedOpenssh('x', { keys: 2 }))).toContain('it holds 2 keys')
})

test('a damaged key, and one with more rounds than the limit, are refused; the error shows nothing of the key', async () => {
  const body = createSshKey().privateKey.split('\n').slice(1, -2).join('')
  const bytes = Buffer.from(body, 'base64').subarray('openssh-key-v1\0'.length)
  for (let length = 0; length < bytes.length; length += 7) {
    const text = wrapped(bytes.subarray(0, length))
    expect(complaint(text)).toContain('its text is damaged')
  }
  expect(complaint('-----\nAAAA\n-----')).toContain('its text is damaged')
  const slow = (rounds: number): string => {
    const options = Buffer.concat([fields('salt'), numbers(rounds)])
    const head = fields('aes256-ctr', 'bcrypt', options)
    return wrapped(Buffer.concat([head, numbers(1), fields('', '')]))
  }
  expect(complaint(slow(1025))).toContain('1024 rounds')
  expect(complaint(slow(1024))).toBe('none')
})

test('what is written is read, with and without a passphrase', async () => {
  const key = await open(createSshKey('mine').privateKey)
  const plain = await formatOpensshFile(key)
  expect((await open(plain)).comment).toBe('mine')
  const hidden = await formatOpensshFile(key, {
    passphrase: 'open sesame',
    rounds: 2,
    comment: 'ours',
  })
  expect(readOpensshFile(hidden.trim())).toMatchObject({ encrypted: true, rounds: 2 })
  const opened = await open(hidden, 'open sesame')
  expect([opened.comment, Buffer.from(opened.blob).equals(key.blob)]).toEqual(['ours', true])
})
