import { NetError } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { socks4Dialogue, socks5Dialogue } from '../../src/proxy/socks-codec.ts'
import { thrown } from '../support.ts'
import { codeOf, talk } from './talk.ts'

const target = { scheme: 'tcp', host: 'db.test', port: 5432 }
const login = { user: 'ada', password: 'lovelace' }
const METHOD = [5, 0]
const OPEN = [5, 0, 0, 1, 127, 0, 0, 1, 4, 56]

test('SOCKS5 without a login asks for the name as it is', () => {
  const { said, rest } = talk(socks5Dialogue(target), [METHOD, OPEN])
  expect(said.map((each) => [...each])).toEqual([
    [5, 1, 0],
    [5, 1, 0, 3, 7, ...Buffer.from('db.test'), 21, 56],
  ])
  expect(rest).toHaveLength(0)
})

test('SOCKS5 logs in where the proxy wants it', () => {
  const { said } = talk(socks5Dialogue(target, login), [[5, 2], [1, 0], OPEN])
  expect([...(said[0] ?? [])]).toEqual([5, 2, 0, 2])
  const sent = Buffer.from(said[1] ?? []).toString('latin1')
  expect(sent).toBe('\x01\x03ada\x08lovelace')
  expect(said).toHaveLength(3)
})

test('SOCKS5 does not send the password unless the proxy requests it', () => {
  const { said } = talk(socks5Dialogue(target, login), [METHOD, OPEN])
  expect(said.some((each) => Buffer.from(each).includes('lovelace'))).toBe(false)
})

test.each([
  ['10.1.2.3', [1, 10, 1, 2, 3]],
  ['::1', [4, ...Array.from({ length: 15 }, () => 0), 1]],
  ['2001:db8::ff:0:1', [4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 1]],
  ['::ffff:10.1.2.3', [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3]],
])('SOCKS5 asks for the address %s in its own form', (host, address) => {
  const { said } = talk(socks5Dialogue({ ...target, host }), [METHOD, OPEN])
  expect([...(said[1] ?? [])]).toEqual([5, 1, 0, ...address, 21, 56])
})

test('[H-SOCK-19] SOCKS5 reads the answer in pieces of any size, and leaves what follows to the endpoint', () => {
  const replies: readonly (readonly number[])[] = [
    OPEN,
    [5, 0, 0, 3, 4, ...Buffer.from('host'), 0, 1],
    [5, 0, 0, 4, ...Array.from({ length: 16 }, () => 9), 0, 1],
    // A name of the longest length that there is.
    [5, 0, 0, 3, 255, ...Array.from({ length: 255 }, () => 97), 0, 1],
  ]
  for (const reply of replies) {
    for (let size = 1; size <= reply.length + 3; size++) {
      const answers = [
        [5, 2],
        [1, 0],
        [...reply, ...Buffer.from('220')],
      ]
      const { rest } = talk(socks5Dialogue(target, login), answers, size)
      const pieceEnd = Math.min(Math.ceil(reply.length / size) * size, reply.length + 3)
      expect(Buffer.from(rest ?? []).toString()).toBe('220'.slice(0, pieceEnd - reply.length))
    }
  }
})

test.each([
  [1, 'NET_PROXY_REFUSED', 'safe'],
  [2, 'NET_PROXY_REFUSED', 'never'],
  [3, 'NET_CONNECT_UNREACHABLE', 'safe'],
  [4, 'NET_CONNECT_UNREACHABLE', 'safe'],
  [5, 'NET_CONNECT_REFUSED', 'safe'],
  [6, 'NET_CONNECT_UNREACHABLE', 'safe'],
  [7, 'NET_PROXY_REFUSED', 'never'],
  [8, 'NET_PROXY_REFUSED', 'never'],
  [99, 'NET_PROXY_REFUSED', 'never'],
])('SOCKS5 reply %i is %s, also without the address that belongs to it', (reply, code, retry) => {
  const error = thrown(() => talk(socks5Dialogue(target), [METHOD, [5, reply]]))
  expect(error).toMatchObject({ code, retry, reply: { status: reply } })
})

test.each([
  ['another version', [[4, 0]], 'NET_PROTO_MALFORMED'],
  ['HTTP', [[...Buffer.from('HTTP/1.1 400')]], 'NET_PROTO_MALFORMED'],
  ['a login that was not offered', [[5, 1]], 'NET_PROTO_MALFORMED'],
  ['a password asked for where there is none', [[5, 2]], 'NET_PROTO_MALFORMED'],
  ['no login that fits', [[5, 255]], 'NET_PROXY_AUTH'],
  ['an answer before the question', [[...METHOD, ...OPEN]], 'NET_PROTO_UNEXPECTED'],
  ['a reply of another version', [METHOD, [4, 0]], 'NET_PROTO_MALFORMED'],
  ['an address of no kind', [METHOD, [5, 0, 0, 9, 1]], 'NET_PROTO_MALFORMED'],
])('[H-SOCK-19] SOCKS5: %s is an error', (_what, answers, code) => {
  for (const size of [1, Infinity]) {
    // Byte by byte nothing arrives early.
    if (code === 'NET_PROTO_UNEXPECTED' && size === 1) continue
    expect(codeOf(() => talk(socks5Dialogue(target), answers, size))).toBe(code)
  }
})

test('[H-SOCK-19] a short reply is not taken for a tunnel', () => {
  for (let size = 2; size < OPEN.length; size++) {
    expect(talk(socks5Dialogue(target), [METHOD, OPEN.slice(0, size)]).rest).toBeUndefined()
  }
})

test('SOCKS5: a password that is refused says so, and one that is missing too', () => {
  const refused = thrown(() =>
    talk(socks5Dialogue(target, login), [
      [5, 2],
      [1, 1],
    ]),
  )
  expect(refused).toMatchObject({ code: 'NET_PROXY_AUTH' })
  expect(refused.message).toContain('refused')
  const missing = thrown(() => talk(socks5Dialogue(target), [[5, 255]]))
  expect(missing.message).toContain('requires a user')
})

test('[H-SOCK-19] what SOCKS has no room for is refused before anything is said', () => {
  const long = 'x'.repeat(256)
  expect(codeOf(() => socks5Dialogue({ ...target, host: long }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => socks5Dialogue(target, { ...login, user: long }))).toBe('NET_BAD_OPTION')
  expect(codeOf(() => socks5Dialogue(target, { ...login, password: long }))).toBe('NET_BAD_OPTION')
  expect(codeOf(() => socks5Dialogue({ ...target, host: 'x'.repeat(255) }))).toBeUndefined()
})

test('anything but a host and port is refused', () => {
  expect(codeOf(() => socks5Dialogue({ ...target, host: '' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => socks5Dialogue({ ...target, path: '/run/x' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => socks5Dialogue({ ...target, host: 'fe80::1%eth0' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => socks4Dialogue({ ...target, host: 'a\0b' }))).toBe('NET_INJECTION')
})

test('SOCKS4 has the address, SOCKS4a the name', () => {
  const numbered = socks4Dialogue({ ...target, host: '10.1.2.3' }, 'ada')
  expect([...numbered.opening]).toEqual([4, 1, 21, 56, 10, 1, 2, 3, ...Buffer.from('ada'), 0])
  const named = socks4Dialogue(target)
  const name = [...Buffer.from('db.test'), 0]
  expect([...named.opening]).toEqual([4, 1, 21, 56, 0, 0, 0, 1, 0, ...name])
})

test('SOCKS4 reads the answer in pieces of any size', () => {
  const granted = [0, 90, 0, 0, 0, 0, 0, 0]
  for (let size = 1; size <= 9; size++) {
    expect(talk(socks4Dialogue(target), [granted], size).rest).toHaveLength(0)
  }
  expect(talk(socks4Dialogue(target), [[...granted, 50, 50]]).rest).toHaveLength(2)
})

test('SOCKS4 distinguishes refusals, and supports neither IPv6 nor odd users', () => {
  expect(codeOf(() => talk(socks4Dialogue(target), [[0, 91]]))).toBe('NET_PROXY_REFUSED')
  expect(codeOf(() => talk(socks4Dialogue(target), [[0, 93]]))).toBe('NET_PROXY_AUTH')
  expect(codeOf(() => talk(socks4Dialogue(target), [[5, 0]]))).toBe('NET_PROTO_MALFORMED')
  expect(codeOf(() => socks4Dialogue({ ...target, host: '::1' }))).toBe('NET_BAD_ADDRESS')
  expect(codeOf(() => socks4Dialogue(target, 'a\0b'))).toBe('NET_INJECTION')
})

test('nonsense is an error of ours, or not enough yet', () => {
  const noise = fc.uint8Array({ minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(noise, fc.nat(2), fc.integer({ min: 1, max: 7 }), (bytes, turn, size) => {
      // The first turns may be right, so that what comes after them is reached.
      const answers = [
        [5, 2],
        [1, 0],
      ].slice(0, turn)
      for (const dialogue of [socks5Dialogue(target, login), socks4Dialogue(target)]) {
        try {
          talk(dialogue, [...answers, [5, 0, ...bytes], [...bytes]], size)
        } catch (error) {
          expect(error).toBeInstanceOf(NetError)
        }
      }
    }),
  )
})
