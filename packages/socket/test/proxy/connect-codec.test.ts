import { NetError } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { connectDialogue } from '../../src/proxy/connect-codec.ts'
import { bytes, latin1, thrown } from '../support.ts'
import { codeOf, talk } from './talk.ts'

const target = { scheme: 'tcp', host: 'db.test', port: 5432 }

function answered(text: string, size?: number, loggedIn = false) {
  const request = loggedIn ? { authorization: 'Basic eA==' } : {}
  return talk(connectDialogue(target, request), [[...bytes(text)]], size)
}

test("the request has the endpoint, the login, and the caller's headers", () => {
  const { opening } = connectDialogue(
    { ...target, host: '::1' },
    { authorization: 'Basic eA==', headers: { 'X-Team': 'net' } },
  )
  expect(latin1(opening).split('\r\n')).toEqual([
    'CONNECT [::1]:5432 HTTP/1.1',
    'Host: [::1]:5432',
    'Proxy-Authorization: Basic eA==',
    'X-Team: net',
    '',
    '',
  ])
})

test.each([
  'HTTP/1.1 200 Connection established\r\n\r\n',
  'HTTP/1.0 200\r\nVia: proxy\r\n\r\n',
  'HTTP/1.1 204 No Content\nVia: proxy\n\n',
  // A body has no meaning here, whatever the fields say (RFC 9110, section 9.3.6).
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
])('%j opens the tunnel, in pieces of any size', (head) => {
  const whole = `${head}220 hello`
  for (let size = 1; size <= whole.length; size++) {
    const { rest } = answered(whole, size)
    const arrived = Math.min(Math.ceil(head.length / size) * size, whole.length)
    expect(latin1(rest ?? null)).toBe(whole.slice(head.length, arrived))
  }
})

test('407 is about credentials, and says whether there were any', () => {
  const head = 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n'
  const missing = thrown(() => answered(head))
  expect(missing).toMatchObject({ code: 'NET_PROXY_AUTH', reply: { status: 407 }, retry: 'never' })
  expect(missing.message).toContain('requires a user')
  expect(thrown(() => answered(head, 1, true)).message).toContain('refused user')
})

test.each([
  ['Negotiate\r\nproxy-authenticate: NTLM', 'Negotiate, NTLM'],
  ['Digest realm="a, Basic b", nonce="x,y", qop="auth"', 'Digest'],
  ['Negotiate, NTLM TlRM==, Digest realm="a"', 'Negotiate, NTLM, Digest'],
])('a proxy that takes no Basic is not said to have refused the password: %s', (offer, names) => {
  const head = `HTTP/1.1 407 No\r\nProxy-Authenticate: ${offer}\r\n\r\n`
  for (const loggedIn of [true, false]) {
    const error = thrown(() => answered(head, 1, loggedIn))
    expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', retry: 'never' })
    expect(error.message).toContain(`takes only ${names} as login`)
    expect(error.message).not.toContain('refused')
  }
})

test('a proxy that takes Basic among others has refused the password', () => {
  const head =
    'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="a"\r\nProxy-Authenticate: Basic realm="a"\r\n\r\n'
  expect(thrown(() => answered(head, 1, true)).message).toContain('refused user')
})

test.each([
  [403, 'never'],
  [302, 'never'],
  [101, 'never'],
  [502, 'safe'],
  [503, 'safe'],
  [504, 'safe'],
])('%i is a refusal with the status', (status, retry) => {
  const error = thrown(() => answered(`HTTP/1.1 ${status} No\x1b[31m\r\n\r\n`))
  expect(error).toMatchObject({ code: 'NET_PROXY_REFUSED', retry })
  expect(error.reply).toEqual({ status, text: 'No\\x1b[31m' })
})

test.each(['SSH-2.0-x\r\n', 'HTTP/2 200\r\n', 'HTTP/1.1 20\r\n', 'ICY 200 OK\r\n', '\r\n'])(
  '%j is no answer in HTTP/1',
  (line) => {
    expect(codeOf(() => answered(line))).toBe('NET_PROTO_MALFORMED')
  },
)

test('a head without an end is cut off', () => {
  const field = `X: ${'y'.repeat(1000)}\r\n`
  const long = `HTTP/1.1 200 OK\r\n${field.repeat(20)}`
  expect(codeOf(() => answered(long, 7))).toBe('NET_PROTO_LIMIT')
  expect(codeOf(() => answered('x'.repeat(20_000), 100))).toBe('NET_PROTO_LIMIT')
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)
  expect(codeOf(() => answered(interim))).toBe('NET_PROTO_LIMIT')
})

test('what would break the request is refused before anything is said', () => {
  expect(codeOf(() => connectDialogue({ ...target, host: 'a\r\nb' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => connectDialogue({ ...target, host: '' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => connectDialogue({ ...target, path: '/x' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => connectDialogue(target, { headers: { 'a b': 'c' } }))).toBe('NET_BAD_HEADER')
  expect(codeOf(() => connectDialogue(target, { headers: { a: 'b\r\nc' } }))).toBe('NET_INJECTION')
})

test('nonsense is an error of ours, or not enough yet', () => {
  const head = fc.constantFrom('', 'HTTP/1.1 200 ', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 407\r\n')
  const noise = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(head, noise, fc.integer({ min: 1, max: 7 }), (start, middle, size) => {
      const answer = [...bytes(start), ...middle, ...bytes('\r\n\r\n')]
      try {
        talk(connectDialogue(target), [answer], size)
      } catch (error) {
        expect(error).toBeInstanceOf(NetError)
      }
    }),
  )
})
