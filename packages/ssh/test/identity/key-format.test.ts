import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { invalid, readKeyText } from '../../src/identity/key-format.ts'

const openssh = createSshKey()
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })

function complaint(text: string): string {
  try {
    readKeyText(text)
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

test('the format is told by the content, also with a mark, CRLF and text around it', () => {
  expect(readKeyText(openssh.privateKey)).toMatchObject({ format: 'openssh', encrypted: false })
  const windows = `\uFEFFBag Attributes\r\n${String(pkcs8).replaceAll('\n', '\r\n')}\r\nmore`
  expect(readKeyText(windows)).toEqual({
    format: 'pem',
    encrypted: false,
    text: String(pkcs8).trim(),
  })
  expect(readKeyText('PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n')).toMatchObject({
    format: 'putty',
    encrypted: true,
  })
})

test('what is no private key is told by what it is', () => {
  expect(complaint(`${openssh.publicKey} me@here`)).toContain('it is a public key')
  expect(complaint('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).toContain(
    'public key',
  )
  expect(complaint('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toContain(
    'it is a CERTIFICATE',
  )
  expect(complaint('hello')).toContain('no format')
})

test('a damaged key, and one that takes days to open, are refused without a word of the key', () => {
  const body = openssh.privateKey.split('\n').slice(1, -2).join('')
  const cut = Buffer.from(body, 'base64')
  for (let length = 0; length < cut.length; length += 7) {
    const text = wrap(cut.subarray(0, length))
    const message = complaint(text)
    if (message !== 'none') expect(message).toContain('its text is damaged')
  }
  expect(complaint(wrap(slowKey(2 ** 31)))).toContain('1024 rounds')
  expect(complaint(wrap(slowKey(1024)))).toBe('none')
  expect(invalid('x').message).toBe('the private key cannot be used: x')
})

function wrap(bytes: Uint8Array): string {
  const body = Buffer.from(bytes).toString('base64')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function slowKey(rounds: number): Buffer {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(rounds)
  const options = Buffer.concat([field(Buffer.from('salt')), number])
  const fields = [Buffer.from('aes256-ctr'), Buffer.from('bcrypt'), options].map(field)
  return Buffer.concat([Buffer.from('openssh-key-v1\0'), ...fields])
}

function field(value: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(value.length)
  return Buffer.concat([length, value])
}
