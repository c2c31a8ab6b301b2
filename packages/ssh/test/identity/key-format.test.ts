import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { readKeyText } from '../../src/identity/key-format.ts'

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

test('the format is reported by the content, also with a mark, CRLF and text around it', () => {
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

test('a value that is not a private key is reported by what it is', () => {
  expect(complaint(`${openssh.publicKey} me@here`)).toContain('it is a public key')
  expect(complaint('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).toContain(
    'public key',
  )
  expect(complaint('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toContain(
    'it is a certificate',
  )
  expect(complaint('ssh-ed25519-cert-v01@openssh.com AAAA me')).toContain('it is a certificate')
  expect(complaint('---- BEGIN SSH2 PUBLIC KEY ----')).toContain('public key')
  expect(complaint('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----')).toContain('format of ssh.com')
  expect(complaint('-----BEGIN DSA PRIVATE KEY-----\nA\n-----END DSA PRIVATE KEY-----')).toContain(
    'DSA',
  )
  expect(complaint('-----BEGIN NEW PRIVATE KEY-----\nA\n-----END NEW PRIVATE KEY-----')).toContain(
    'it is a NEW PRIVATE KEY',
  )
  expect(complaint(String(pkcs8).slice(0, 60))).toContain('its text is cut')
  expect(complaint('hello')).toContain('no format')
})

test('one private key is found among other things, and two are refused', () => {
  const parameters = '-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n'
  const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  expect(readKeyText(parameters + String(pkcs8) + certificate)).toMatchObject({
    format: 'pem',
    text: String(pkcs8).trim(),
  })
  expect(complaint(String(pkcs8) + openssh.privateKey)).toContain('several private keys')
})
