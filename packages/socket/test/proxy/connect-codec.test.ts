import { NetError } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { connectDialogue } from '../../src/proxy/connect-codec.ts'
import type { LoginTalk } from '../../src/proxy/http-login.ts'
import { bytes, latin1, thrown } from '../support.ts'
import { codeOf, talk } from './talk.ts'

const target = { scheme: 'tcp', host: 'db.test', port: 5432 }

function answered(text: string, size?: number, loggedIn = false) {
  const request = loggedIn ? { login: login() } : {}
  return talk(connectDialogue(target, request), [[...bytes(text)]], size)
}

/** Says Basic, then Digest, each with the number of its use. */
function login(another = false): LoginTalk & { readonly offers: (readonly string[])[] } {
  const offers: (readonly string[])[] = []
  let uses = 0
  return {
    offers,
    authorization: ({ method, target: asked }) =>
      `${offers.length === 0 ? 'Basic' : 'Digest'} ${++uses} ${method} ${asked}`,
    refused(challenges) {
      offers.push(challenges)
      return another
    },
    accepted: () => {},
  }
}

test("the request has the endpoint, the login, and the caller's headers", () => {
  const { opening } = connectDialogue(
    { ...target, host: '::1' },
    { login: login(), headers: { 'X-Team': 'net' } },
  )
  expect(latin1(opening).split('\r\n')).toEqual([
    'CONNECT [::1]:5432 HTTP/1.1',
    'Host: [::1]:5432',
    'Proxy-Authorization: Basic 1 CONNECT [::1]:5432',
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
  ['Digest realm="a, Basic b", nonce="x,y", algorithm=NEW', 'Digest'],
  ['Negotiate, NTLM TlRM==, Digest realm="a"', 'Negotiate, NTLM, Digest'],
])(
  'a proxy that takes nothing known is not said to have refused the password: %s',
  (offer, names) => {
    const head = `HTTP/1.1 407 No\r\nProxy-Authenticate: ${offer}\r\n\r\n`
    for (const loggedIn of [true, false]) {
      const error = thrown(() => answered(head, 1, loggedIn))
      expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', retry: 'never' })
      expect(error.message).toContain(`takes only ${names} as login`)
      expect(error.message).not.toContain('refused')
    }
  },
)

test('a proxy that takes Basic among others has refused the password', () => {
  const head =
    'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="a"\r\nProxy-Authenticate: Basic realm="a"\r\n\r\n'
  expect(thrown(() => answered(head, 1, true)).message).toContain('refused user')
})

const ASKED = 'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest nonce="a"\r\n'
const SECOND = 'Proxy-Authorization: Digest 2 CONNECT db.test:5432'

test.each([
  ['Content-Length: 5\r\n\r\nwho?\n'],
  ['content-length: 0\r\n\r\n'],
  ['Transfer-Encoding: chunked\r\n\r\n4;x=y\r\nwho?\r\n1\r\n\n\r\n0\r\nx: y\r\n\r\n'],
])('another login goes over the same connection, behind the body: %j', (rest) => {
  const open = [...bytes('HTTP/1.1 200 OK\r\n\r\n220')]
  for (let size = 1; size <= 40; size++) {
    const asker = login(true)
    const dialogue = connectDialogue(target, { login: asker })
    const { said, rest: arrived } = talk(dialogue, [[...bytes(ASKED + rest)], open], size)
    expect(said).toHaveLength(2)
    expect(latin1(said[1]!)).toContain(`${SECOND}\r\n`)
    expect(arrived).toBeDefined()
    expect(asker.offers).toEqual([[' Digest nonce="a"']])
    expect(dialogue.elsewhere?.()).toBeUndefined()
  }
})

test.each([
  ['Connection: close\r\nContent-Length: 5\r\n\r\nwho?\n'],
  ['Content-Length: 65537\r\n\r\n'],
  ['\r\n'],
  ['Content-Length: 0\r\n\r\nmore'],
])('another login goes over another connection where this one is of no use: %j', (rest) => {
  const dialogue = connectDialogue(target, { login: login(true) })
  expect(dialogue.receive(bytes(ASKED + rest))).toEqual({ moves: true })
  const next = dialogue.elsewhere?.()
  expect(latin1(next!.opening)).toContain(`${SECOND}\r\n`)
  expect(next!.elsewhere?.()).toBeUndefined()
})

test('a proxy that hangs up after the second request is asked over another connection, unless it began to answer', () => {
  const dialogue = connectDialogue(target, { login: login(true) })
  expect(dialogue.receive(bytes(`${ASKED}Content-Length: 1\r\n\r\n`))).toEqual({ drains: true })
  expect(dialogue.receive(bytes('x')).send).toBeDefined()
  expect(latin1(dialogue.elsewhere!()!.opening)).toContain('Digest 3 ')
  dialogue.receive(bytes('H'))
  expect(dialogue.elsewhere!()).toBeUndefined()
})

test('the 407 behind the second login is the last', () => {
  const kept = `${ASKED}Content-Length: 0\r\n\r\n`
  const twice = [[...bytes(kept)], [...bytes(kept)]]
  const error = thrown(() => talk(connectDialogue(target, { login: login(true) }), twice))
  expect(error).toMatchObject({ code: 'NET_PROXY_AUTH', retry: 'never' })
  expect(error.message).toContain('refused user and password')
})

test.each([
  [401, 'never'],
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

test.each(['200 OK', '407 Login', '502 Bad'])(
  'a header with a NUL or a CR within it is no header, behind %s',
  (status) => {
    for (const field of ['X: a\0b', 'X: a\rb', 'Proxy-Authenticate: Basic\0'])
      expect(codeOf(() => answered(`HTTP/1.1 ${status}\r\n${field}\r\n\r\n`))).toBe(
        'NET_PROTO_MALFORMED',
      )
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
