import { expect, test } from 'vitest'

import { parseChallenges } from '../../src/proxy/challenges.ts'
import {
  digestAnswer,
  digestIn,
  hashing,
  hashOf,
  type DigestChallenge,
} from '../../src/proxy/digest-answer.ts'

const challenge = (text: string): DigestChallenge | undefined => digestIn(parseChallenges(text))
const user = { user: 'Mufasa', password: 'Circle of Life' }
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const RFC =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'

test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('[HTTP-36] the answer of RFC 7616 section 3.9.1 with %s', (algorithm, response) => {
  const asked = challenge(`Digest ${RFC}, algorithm=${algorithm}`)!
  const answer = digestAnswer(asked, user, {
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: CNONCE,
  })
  expect(answer).toBe(
    `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", response="${response}", algorithm=${algorithm}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", qop=auth, nc=00000001, cnonce="${CNONCE}"`,
  )
})

test('[HTTP-36] the user as a digest, as in RFC 7616 section 3.9.2', () => {
  const asked = challenge(
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
  )!
  const answer = digestAnswer(
    asked,
    { user: 'J\u00e4s\u00f8n Doe', password: 'Secret, or not?' },
    { method: 'GET', uri: '/doe.json', count: 1, cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm' },
  )
  expect(answer).toContain('userhash=true')
  // As its erratum 4897 says.
  expect(answer).toContain(
    'username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"',
  )
})

test('without qop it is RFC 2069: no count and no number of the client', () => {
  const asked = challenge('Digest realm="a", nonce="b"')!
  const answer = digestAnswer(asked, user, { method: 'GET', uri: '/', count: 1, cnonce: 'c' })
  const hash = hashOf('MD5')
  const expected = hash(`${hash('Mufasa:a:Circle of Life')}:b:${hash('GET:/')}`)
  expect(answer).toBe(
    `Digest username="Mufasa", realm="a", nonce="b", uri="/", response="${expected}"`,
  )
})

test('names beyond ASCII go as the server can read them', () => {
  const answer = (text: string, name: string): string =>
    digestAnswer(
      challenge(text)!,
      { user: name, password: 'p' },
      { method: 'GET', uri: '/', count: 1, cnonce: 'c' },
    )
  expect(answer('Digest nonce=n, charset=UTF-8', 'Ж')).toContain("username*=UTF-8''%D0%96")
  expect(answer('Digest nonce=n', 'ä')).toContain('username="ä"')
  expect(() => answer('Digest nonce=n', 'Ж')).toThrow(
    expect.objectContaining({ code: 'NET_AUTH_NO_METHOD' }),
  )
})

test.each([
  ['the first that is known', 'Digest nonce=1, algorithm=XYZ, Digest nonce=2, algorithm=MD5', '2'],
  ["the server's order", 'Digest nonce=1, algorithm=MD5, Digest nonce=2, algorithm=SHA-256', '1'],
  ['behind others', 'Negotiate, Basic realm=a, Digest nonce=3', '3'],
  ['quotes around all', 'Digest nonce="4", algorithm="MD5", qop="auth"', '4'],
  ['none of an unknown qop', 'Digest nonce=1, qop=new', undefined],
  ['none without a nonce', 'Digest realm=a', undefined],
])('a challenge is chosen: %s', (_what, text, nonce) => {
  expect(challenge(text)?.nonce).toBe(nonce)
})

test('pieces give the digest of the whole', () => {
  expect(hashing('SHA-256').update('a').update('b').digest('hex')).toBe(hashOf('SHA-256')('ab'))
})
