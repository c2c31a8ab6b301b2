import { createHmac } from 'node:crypto'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { createSshKey } from '@net/ssh/testing'

import { readHostKey } from '../../src/host-keys/host-key.ts'
import { formatLine, lineFor, matchesHost } from '../../src/host-keys/known-hosts-line.ts'

const { publicKey, blob } = createSshKey()

test('a line is for the hosts that it names', () => {
  expect(lineFor('example.com', `example.com,10.0.0.1 ${publicKey} comment`)).toEqual({
    type: 'ssh-ed25519',
    blob: Buffer.from(blob),
  })
  expect(lineFor('Example.COM', `example.com ${publicKey}`)).toBeDefined()
  expect(lineFor('other.com', `example.com ${publicKey}`)).toBeUndefined()
  expect(lineFor('[example.com]:2222', `[example.com]:2222 ${publicKey}\r`)).toBeDefined()
  expect(lineFor('[example.com]:2222', `example.com ${publicKey}`)).toBeUndefined()
})

test('markers are reported, and lines that cannot be read are skipped', () => {
  expect(lineFor('a', `@revoked a ${publicKey}`)?.marker).toBe('revoked')
  expect(lineFor('a', `@cert-authority * ${publicKey}`)?.marker).toBe('cert-authority')
  for (const line of [
    '',
    '# a',
    'a',
    'a ssh-ed25519',
    `@what a ${publicKey}`,
    'a ssh-rsa AAAA',
    // The type alone is no key.
    'a ssh-ed25519 AAAAC3NzaC1lZDI1NTE5',
    '@revoked',
  ]) {
    expect(lineFor('a', line)).toBeUndefined()
  }
  expect(lineFor('a', `a ${publicKey.replace('ssh-ed25519', 'ssh-rsa')}`)).toBeUndefined()
})

test('patterns, and negation that takes back all others', () => {
  expect(matchesHost('*.example.com', 'www.example.com')).toBe(true)
  expect(matchesHost('*.example.com,!www.example.com', 'www.example.com')).toBe(false)
  expect(matchesHost('!www.example.com,*.example.com', 'ftp.example.com')).toBe(true)
  expect(matchesHost('!www.example.com', 'ftp.example.com')).toBe(false)
  expect(matchesHost('host?', 'host1')).toBe(true)
  expect(matchesHost('host?', 'host')).toBe(false)
  expect(matchesHost('[*]:22?', '[a]:221')).toBe(true)
  expect(matchesHost('', '')).toBe(false)
})

test('a hashed name is one name', () => {
  const salt = Buffer.from('0123456789abcdef0123')
  const hash = createHmac('sha1', salt).update('[example.com]:2222').digest('base64')
  const field = `|1|${salt.toString('base64')}|${hash}`
  expect(matchesHost(field, '[Example.com]:2222')).toBe(true)
  expect(matchesHost(field, 'example.com')).toBe(false)
  expect(matchesHost('|1|AAAA', 'example.com')).toBe(false)
  expect(matchesHost(`${field},example.com`, '[example.com]:2222')).toBe(false)
  expect(matchesHost(`${field}=`, '[example.com]:2222')).toBe(false)
  expect(matchesHost(field.replace('|1|', '|2|'), '[example.com]:2222')).toBe(false)
})

test('a pattern matches as a regular expression does, and costs no more than its length', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
  const pattern = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '*', '?'),
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      const source = pattern
        .replaceAll('.', String.raw`\.`)
        .replaceAll('*', '.*')
        .replaceAll('?', '.')
      expect(matchesHost(pattern, text)).toBe(new RegExp(`^${source}$`).test(text))
    }),
    { seed: 3 },
  )
  expect(matchesHost('*a'.repeat(500), 'a'.repeat(400))).toBe(false)
})

test('what is written is read again', () => {
  const line = formatLine('[example.com]:2222', readHostKey(blob))
  expect(line.endsWith('\n')).toBe(true)
  expect(lineFor('[example.com]:2222', line)).toMatchObject({ type: 'ssh-ed25519' })
})
