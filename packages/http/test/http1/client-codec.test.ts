import { expect, test } from 'vitest'

import { ClientCodec, type ClientEvents } from '../../src/http1/client-codec.ts'
import { HEAD_LIMIT } from '../../src/http1/head.ts'

import { bytes, cutAt, heardByClient, type Story } from './heard.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const client = (text: string, options?: Parameters<typeof heardByClient>[1]): Story =>
  heardByClient([bytes(text)], options)
const codeOf = (story: Story): unknown => story.find(([what]) => what === 'error')?.[1]

const ANSWERS: readonly (readonly [string, string])[] = [
  ['a length', `${OK}content-length: 5\r\n\r\nhello`],
  [
    'chunks, extensions and trailers',
    `${OK}transfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nA: 1\r\nb: 2\r\n\r\n`,
  ],
  [
    'a Content-Length among the trailers',
    `${OK}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n`,
  ],
  [
    'interim answers',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: 1\r\n\r\n!`,
  ],
  ['a folded line', `${OK}a: 1\r\n  2\r\ncontent-length:\r\n 3\r\n\r\nabc`],
  ['nothing behind 204', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n'],
  ['equal lengths', `${OK}content-length: 2\r\ncontent-length: 2, 2\r\n\r\nok`],
]

test.each(ANSWERS)('an answer with %s is the same, cut at every byte', (_name, text) => {
  const whole = bytes(text)
  const expected = heardByClient([whole])
  expect(expected.at(-1)).toEqual(['kept'])
  for (let at = 1; at < whole.length; at++)
    expect(heardByClient(cutAt(whole, at)), `cut at ${at}`).toEqual(expected)
  expect(heardByClient(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected)
})

test('the story of an answer', () => {
  expect(
    client(`HTTP/1.1 103 Early\r\nlink: x\r\n\r\n${OK}A: b\r\ncontent-length: 2\r\n\r\nok`),
  ).toEqual([
    ['interim', 103, 'link', 'x'],
    ['head', 1, 200, 'OK', 'A', 'b', 'content-length', '2', 2],
    ['data', 'ok'],
    ['end'],
    ['kept'],
  ])
})

test('100 Continue that nobody asked for is read over (RFC 9110 section 15.2)', () => {
  const story = client(`HTTP/1.1 100 Continue\r\n\r\n${OK}content-length: 2\r\n\r\nok`)
  expect(story.slice(-3)).toEqual([['data', 'ok'], ['end'], ['kept']])
})

test('an answer to HEAD has no body, whatever its head says', () => {
  const mark = { method: 'HEAD', framing: 0 } as const
  const story = client(`${OK}content-length: 5\r\n\r\n`, { mark })
  expect(story.slice(-2)).toEqual([['end'], ['kept']])
})

test.each([
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'not kept'],
  [
    'HTTP/1.0 that keeps alive',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
    'kept',
  ],
  ['Connection: close', `${OK}connection: close\r\ncontent-length: 2\r\n\r\nok`, 'not kept'],
  [
    'Connection: Close among others',
    `${OK}connection: x, Close\r\ncontent-length: 2\r\n\r\nok`,
    'not kept',
  ],
])('after an answer with %s the connection is kept, or not', (_name, text, kept) => {
  expect(client(text).at(-1)).toEqual([kept])
})

test('a body without a length ends with the connection, one with a length does not', () => {
  expect(client(`${OK}\r\nall of it`, { ends: true }).slice(-3)).toEqual([
    ['data', 'all of it'],
    ['end'],
    ['not kept'],
  ])
  expect(codeOf(client(`${OK}content-length: 5\r\n\r\nabc`, { ends: true }))).toBe(
    'NET_PROTO_INCOMPLETE',
  )
  expect(codeOf(client('', { ends: true }))).toBe('NET_CONN_CLOSED')
  expect(codeOf(client('HTTP/1.1 200 O', { ends: true }))).toBe('NET_CONN_CLOSED')
})

test.each([
  ['[H-HTTP-12] a second answer', `${OK}content-length: 2\r\n\r\nok${OK}`, 'NET_PROTO_UNEXPECTED'],
  [
    '[H-HTTP-12] bytes behind the answer',
    `${OK}content-length: 2\r\n\r\nok!`,
    'NET_PROTO_UNEXPECTED',
  ],
  [
    'a switch that nobody asked for',
    'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n',
    'NET_PROTO_UNEXPECTED',
  ],
  [
    '[H-HTTP-07] more than 16 interim answers',
    'HTTP/1.1 102 P\r\n\r\n'.repeat(17),
    'NET_PROTO_LIMIT',
  ],
  ['[H-HTTP-10] a length that is none', `${OK}content-length: +5\r\n\r\n`, 'NET_PROTO_MALFORMED'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'NET_PROTO_MALFORMED'],
])('%s is refused', (_name, text, code) => {
  expect(codeOf(client(text))).toBe(code)
  expect(codeOf(heardByClient(Array.from(bytes(text), (byte) => Uint8Array.of(byte))))).toBe(code)
})

test('a switch that was asked for hands over what follows', () => {
  const mark = { method: 'GET', framing: 0, upgrades: true } as const
  expect(client('HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\nrest', { mark })).toEqual([
    ['switched', 101],
    ['rest', 'rest'],
    ['not kept'],
  ])
  expect(codeOf(client('HTTP/1.1 101 Switching\r\n\r\n', { mark }))).toBe('NET_PROTO_UNEXPECTED')
})

test('2xx to CONNECT is a tunnel whatever the fields say, another status is an answer', () => {
  const mark = { method: 'CONNECT', framing: 0 } as const
  expect(client(`${OK}content-length: 5\r\n\r\nrest`, { mark })[1]).toEqual(['rest', 'rest'])
  const refused = client('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno', { mark })
  expect(refused.slice(-3)).toEqual([['data', 'no'], ['end'], ['kept']])
})

test('lenient takes lines that end with LF alone', () => {
  const text = 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n3\nabc\n0\n\n'
  expect(codeOf(client(text))).toBe('NET_PROTO_MALFORMED')
  expect(client(text, { lenient: true }).slice(-3)).toEqual([['data', 'abc'], ['end'], ['kept']])
})

const silent: ClientEvents = {
  interim() {},
  head() {},
  data() {},
  end() {},
  switched() {},
  rest() {},
}

test('a request has its turn, and its body as it was announced', () => {
  const codec = new ClientCodec(silent)
  codec.request({ method: 'POST', framing: 'chunked' })
  expect(codec.hasSent).toBe(false)
  expect(() => codec.request({ method: 'GET', framing: 0 })).toThrow('cannot send request')
  expect(Buffer.concat(codec.piece(Buffer.from('abc'))).toString()).toBe('3\r\nabc\r\n')
  expect(Buffer.concat(codec.finalPiece(['a', '1'])).toString()).toBe('0\r\na: 1\r\n\r\n')
  expect(codec.hasSent).toBe(true)
  expect(codec.mayGoOn).toBe(false)
  codec.receive(bytes(`${OK}content-length: 0\r\n\r\n`))
  expect(codec.mayGoOn).toBe(true)
  codec.next()
  codec.request({ method: 'GET', framing: 0 })
})

test('[H-HTTP-25] a body where none was announced is refused as one that is too long', () => {
  const codec = new ClientCodec(silent)
  codec.request({ method: 'POST', framing: 0 })
  expect(() => codec.piece(Buffer.from('abc'))).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test('after an answer that came before its request was complete nothing may follow', () => {
  const codec = new ClientCodec(silent)
  codec.request({ method: 'POST', framing: 5 })
  codec.receive(bytes('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n'))
  expect(codec.mayGoOn).toBe(false)
})

test('[H-HTTP-09] time grows with the bytes, not with how they are cut', () => {
  const head = `${OK}${'x-a: 1\r\n'.repeat(7000)}content-length: 0\r\n\r\n`
  expect(head.length).toBeLessThan(HEAD_LIMIT)
  const story = heardByClient(Array.from(bytes(head), (byte) => Uint8Array.of(byte)))
  expect(story.at(-1)).toEqual(['kept'])
})
