import { expect, test } from 'vitest'

import { parseChallenges } from '../../src/proxy/challenges.ts'

const read = (text: string): unknown =>
  parseChallenges(text).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])

test.each<[string, unknown]>([
  ['Basic realm="a"', [['basic', { realm: 'a' }]]],
  [
    'Digest realm="a, \\"b\\"", qop="auth,auth-int", nonce=xyz',
    [['digest', { realm: 'a, "b"', qop: 'auth,auth-int', nonce: 'xyz' }]],
  ],
  [
    'Negotiate, Digest nonce="1", Basic realm=x',
    [
      ['negotiate', {}],
      ['digest', { nonce: '1' }],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'Negotiate YIIab/+==, Basic realm="a"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'a' }],
    ],
  ],
  [
    'Digest qop=auth , algorithm="MD5",, opaque=""',
    [['digest', { qop: 'auth', algorithm: 'MD5', opaque: '' }]],
  ],
  ['DIGEST Realm = "a" , NONCE = b', [['digest', { realm: 'a', nonce: 'b' }]]],
  ['Digest nonce="a", nonce="b"', [['digest', { nonce: 'a' }]]],
  ['', []],
  ['Digest realm="no end', [['digest', {}]]],
])('%s', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

test('[H-HTTP-32] a list of 60 KB is read in one pass', () => {
  expect(parseChallenges('a, '.repeat(20_000))).toHaveLength(20_000)
  expect(parseChallenges(`Digest realm="${'\\'.repeat(60_000)}`)).toHaveLength(1)
  expect(parseChallenges(`Digest ${'a=b,'.repeat(15_000)}`)[0]?.params.size).toBe(1)
})
