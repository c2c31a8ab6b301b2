import { createHash, generateKeyPairSync, verify, type KeyObject } from 'node:crypto'

import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { dkimKeys } from '../../src/dkim/key.ts'
import { signatures } from '../../src/dkim/signature.ts'

const head = [
  'From: Ada <ada@x.example>',
  'To: bob@x.example',
  'Subject: The   engine',
  ' weaves',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  'X-Other: not signed',
  'To: second@x.example',
  'Message-ID: <1@x.example>',
].join('\r\n')
const ed25519 = generateKeyPairSync('ed25519')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

function tags(header: string): Map<string, string> {
  const value = header.replace(/^[^:]*:/, '').replaceAll(/\s+/g, '')
  return new Map(
    value
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  )
}

/** Verifies the signature over what its `h=` names must be. */
function isValid(header: string, lines: readonly string[], key: KeyObject): boolean {
  const unsigned = header
    .trimEnd()
    .replace(/b=[\w+/=\s]*$/, 'b=')
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/^DKIM-Signature: ?/, 'dkim-signature:')
  const text = Buffer.from([...lines, unsigned].join('\r\n'))
  const made = Buffer.from(tags(header).get('b') ?? '', 'base64')
  if (key.asymmetricKeyType === 'rsa') return verify('sha256', text, key, made)
  return verify(null, createHash('sha256').update(text).digest(), key, made)
}

test('[SMTP-45] signs what says something to a reader, From once more than it is there, and every list header', () => {
  const header = signatures(
    dkimKeys({ domain: 'x.example', selector: 's1', privateKey: ed25519.privateKey }),
    head,
    'aGFzaA==',
  )
  const told = tags(header)
  expect(told.get('a')).toBe('ed25519-sha256')
  expect(told.get('h')).toBe('from:from:to:subject:list-unsubscribe-post:to:message-id')
  expect(told.get('bh')).toBe('aGFzaA==')
  const lines = [
    'from:Ada <ada@x.example>',
    'to:second@x.example',
    'subject:The engine weaves',
    'list-unsubscribe-post:List-Unsubscribe=One-Click',
    'to:bob@x.example',
    'message-id:<1@x.example>',
  ]
  expect(isValid(header, lines, ed25519.publicKey)).toBe(true)
  expect(isValid(header, lines.slice(1), ed25519.publicKey)).toBe(false)
  expect(Math.max(...header.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
})

test('[SMTP-45] several keys sign each for itself, leave out what they are told, and may expire', () => {
  using clock = useFakeClock()
  const omit = ['message-id', 'To']
  const both = signatures(
    dkimKeys([
      { domain: 'x.example', selector: 's1', privateKey: rsa.privateKey, omit, expires: 60 },
      { domain: 'y.example', selector: 's2', privateKey: ed25519.privateKey },
    ]),
    head,
    'aGFzaA==',
  )
  const [first = '', second = ''] = both.split(/(?=DKIM-Signature:)/)
  const now = Math.floor(clock.date() / 1000)
  expect(tags(first).get('t')).toBe(String(now))
  expect(tags(first).get('x')).toBe(String(now + 60))
  expect(tags(first).get('h')).toBe('from:from:subject:list-unsubscribe-post')
  const lines = [
    'from:Ada <ada@x.example>',
    'subject:The engine weaves',
    'list-unsubscribe-post:List-Unsubscribe=One-Click',
  ]
  expect(isValid(first, lines, rsa.publicKey)).toBe(true)
  expect(tags(second).get('d')).toBe('y.example')
  expect(tags(second).get('h')).not.toContain('dkim')
})
