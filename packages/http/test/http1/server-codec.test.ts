import { expect, test } from 'vitest'

import { ServerCodec, type RequestHead, type ServerEvents } from '../../src/http1/server-codec.ts'

import { bytes, cutAt, heardByServer, type Story } from './heard.ts'

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n'
const codeOf = (story: Story): unknown => story.find(([what]) => what === 'error')?.[1]

test.each([
  ['a request', `${GET}\r\n`],
  ['a body', 'POST /x HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\nabc'],
  [
    'chunks with trailers',
    'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nb: 2\r\n\r\n',
  ],
  [
    'requests behind each other',
    `${GET}\r\n\r\n${GET}a: 1\r\n\r\nHEAD /2 HTTP/1.1\r\nhost: b\r\n\r\n`,
  ],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
])('%s is the same, cut at every byte', (_name, text) => {
  const whole = bytes(text)
  const expected = heardByServer([whole])
  expect(codeOf(expected)).toBeUndefined()
  for (let at = 1; at < whole.length; at++)
    expect(heardByServer(cutAt(whole, at))).toEqual(expected)
  expect(heardByServer(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected)
})

test('requests that come together are read one after the other', () => {
  expect(
    heardByServer([bytes(`${GET}\r\nPOST /2 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n!`)]),
  ).toEqual([
    ['head', 1, 'GET', '/', 'host', 'a', 0],
    ['end'],
    ['head', 1, 'POST', '/2', 'host', 'a', 'content-length', '1', 1],
    ['data', '!'],
    ['end'],
  ])
})

test.each([
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', `${GET}host: b\r\n\r\n`],
  [
    'a length and a transfer coding',
    `${GET}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`,
  ],
  ['two lengths', `${GET}content-length: 3\r\ncontent-length: 4\r\n\r\n`],
  ['an unknown transfer coding', `${GET}transfer-encoding: gzip, chunked\r\n\r\n`],
  ['a transfer coding in HTTP/1.0', 'GET / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n'],
])('[H-HTTP-10] [H-HTTP-35] a request with %s is refused', (_name, text) => {
  expect(codeOf(heardByServer([bytes(text)]))).toBe('NET_PROTO_MALFORMED')
})

test('[H-HTTP-35] a head has a limit, and a request that is cut is not complete', () => {
  const codec = new ServerCodec(silent, { limit: 40 })
  expect(() => codec.receive(bytes(`${GET}${'a'.repeat(40)}`))).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 40 }),
  )
  expect(
    codeOf(
      heardByServer([bytes('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na')], true),
    ),
  ).toBe('NET_PROTO_INCOMPLETE')
})

const silent: ServerEvents = { head() {}, data() {}, end() {}, rest() {} }

function asked(text: string): { codec: ServerCodec; heads: RequestHead[] } {
  const heads: RequestHead[] = []
  const codec = new ServerCodec({ ...silent, head: (head) => void heads.push(head) })
  codec.receive(bytes(text))
  return { codec, heads }
}

const text = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('latin1')

test('an answer is framed as its fields say', () => {
  const { codec } = asked(`${GET}\r\n`)
  const head = codec.response({
    status: 200,
    reason: 'OK',
    fields: ['transfer-encoding', 'chunked'],
  })
  expect(head.toString()).toBe('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
  expect(text(codec.piece(Buffer.from('abc')))).toBe('3\r\nabc\r\n')
  expect(text(codec.finalPiece(['a', '1']))).toBe('0\r\na: 1\r\n\r\n')
  expect(codec.mayGoOn).toBe(true)
})

test('interim answers come before it; a client of HTTP/1.0 gets none', () => {
  const early = { status: 103, reason: 'Early Hints', fields: ['link', 'x'] }
  expect(asked(`${GET}\r\n`).codec.interim(early).toString()).toBe(
    'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n',
  )
  expect(asked('GET / HTTP/1.0\r\n\r\n').codec.interim(early)).toHaveLength(0)
})

test('a connection ends with an answer that has no other end, and if either side says so', () => {
  for (const [request, fields] of [
    [`${GET}\r\n`, []],
    [`${GET}connection: close\r\n\r\n`, ['content-length', '0']],
    [`${GET}\r\n`, ['content-length', '0', 'connection', 'close']],
  ] as const) {
    const { codec } = asked(request)
    codec.response({ status: 200, fields })
    codec.finalPiece()
    expect(codec.mayGoOn).toBe(false)
  }
})

test('a head with a line break in it is refused, and one that the client cannot read', () => {
  const { codec } = asked(`${GET}\r\n`)
  expect(() => codec.response({ status: 200, fields: ['a', 'b\r\nc: d'] })).toThrow(
    expect.objectContaining({ code: 'NET_INJECTION' }),
  )
  const old = asked('GET / HTTP/1.0\r\n\r\n').codec
  expect(() => old.response({ status: 200, fields: ['transfer-encoding', 'chunked'] })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_HEADER' }),
  )
})

test('after a switch the bytes are handed over, also those that came with the request', () => {
  const rest: string[] = []
  const codec = new ServerCodec({ ...silent, rest: (more) => void rest.push(more.toString()) })
  codec.receive(bytes(`${GET}upgrade: x\r\n\r\nfirst`))
  expect(codec.switchTo({ status: 101, reason: 'S', fields: ['upgrade', 'x'] }).toString()).toBe(
    'HTTP/1.1 101 S\r\nupgrade: x\r\n\r\n',
  )
  codec.receive(bytes('second'))
  expect(rest).toEqual(['first', 'second'])
})

test('an answer to HEAD may announce what it does not send', () => {
  const { codec } = asked('HEAD / HTTP/1.1\r\nhost: a\r\n\r\n')
  codec.response({ status: 200, fields: ['content-length', '5'] })
  expect(text(codec.finalPiece())).toBe('')
  expect(codec.mayGoOn).toBe(true)
})
