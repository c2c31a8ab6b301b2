import { createPublicKey } from 'node:crypto'

import { expect, test } from 'vitest'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { publicLine, readPublicText } from '../../src/identity/public-key.ts'
import { everyKey } from './key-samples.ts'

test('one line, RFC 4716 and PEM are read as the same key', () => {
  for (const key of everyKey()) {
    const { blob, type } = privateKeyOf(key)
    const line = publicLine({ type, blob, comment: 'ada at home' })
    expect(readPublicText(`\uFEFF${line}\r\n`)).toEqual({ type, blob, comment: 'ada at home' })
    const base64 =
      Buffer.from(blob)
        .toString('base64')
        .match(/.{1,70}/g) ?? []
    const block = [
      '---- BEGIN SSH2 PUBLIC KEY ----',
      'Comment: "ada"',
      ...base64,
      '---- END SSH2 PUBLIC KEY ----',
    ]
    expect(readPublicText(block.join('\n'))).toEqual({ type, blob, comment: 'ada' })
    const pem = String(createPublicKey(key).export({ type: 'spki', format: 'pem' }))
    expect(readPublicText(pem)).toEqual({ type, blob, comment: '' })
  }
})

test('what is no public key, and what is a damaged one', () => {
  expect(
    readPublicText('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
  ).toBeUndefined()
  expect(readPublicText('hello')).toBeUndefined()
  for (const text of [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==',
    'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==',
  ]) {
    expect(() => readPublicText(text)).toThrow('its text is damaged')
  }
})
