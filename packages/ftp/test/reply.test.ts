import { expect, test } from 'vitest'

import { ReplyLines } from '@net/socket/authoring'

import { isPositive, replyDialect } from '../src/reply.ts'

const dialogue = '220-Grüße\r\n 220 not yet\r\n\r\n220 Ready\r\n331 go on\r\n200\r\n'
const whole = ['220-Grüße\n 220 not yet\n\n220 Ready', '331 go on', '200']

function replies(chunks: readonly Uint8Array[]): string[] {
  const assembler = new ReplyLines(replyDialect('utf8'))
  return chunks.flatMap((chunk) => [...assembler.push(chunk)].map(({ text }) => text))
}

test('[H-FTP-01] replies split at every byte position are the same replies', () => {
  const bytes = Buffer.from(dialogue)
  for (let at = 0; at <= bytes.length; at++) {
    expect(replies([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
  }
  expect(replies([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
})

test('lines may end with LF alone', () => {
  expect(replies([Buffer.from('220-a\n220 b\n')])).toEqual(['220-a\n220 b'])
})

test('a reply in the middle is pending', () => {
  const assembler = new ReplyLines(replyDialect('utf8'))
  expect([...assembler.push(Buffer.from('220-a\r\n'))]).toEqual([])
  expect(assembler.pending).toBe(true)
  expect([...assembler.push(Buffer.from('220 b\r\n'))]).toEqual([
    { status: 220, text: '220-a\n220 b' },
  ])
  expect(assembler.pending).toBe(false)
})

test.each([
  'HTTP/1.1 400 Bad Request',
  'SSH-2.0-OpenSSH',
  '600 no such class',
  '22 short',
  'hello',
  '2200 long',
])('[H-FTP-02] %s is no reply', (line) => {
  expect(() => replies([Buffer.from(`${line}\r\n`)])).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
  )
})

test.each([
  ['HTTP/1.1 400 Bad Request', /an HTTP server/],
  ['SSH-2.0-OpenSSH', /an SSH server/],
])('what %s comes from is reported', (line, hint) => {
  expect(() => replies([Buffer.from(`${line}\r\n`)])).toThrow(hint)
})

test('a peer that speaks TLS is reported as such', () => {
  expect(() => replies([Buffer.of(0x15, 0x03, 0x01, 0x00, 0x02)])).toThrow(/implicit/)
})

test('[FTP-48] [H-FTP-02] a reply without end stops at 64 KiB, in one line or in many', () => {
  const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 65_536 })
  expect(() => replies([Buffer.from(`220 ${'x'.repeat(70_000)}`)])).toThrow(limit)
  expect(() =>
    replies(
      Array.from({ length: 10_000 }, () => Buffer.from('220-x\r\n')).concat(
        Buffer.from('220-'.repeat(2000)),
      ),
    ),
  ).toThrow(limit)
  expect(() => replies([Buffer.from('\r\n'.repeat(40_000))])).toThrow(limit)
})

test('200 to 299 is positive', () => {
  expect([150, 200, 299, 350, 550].map((status) => isPositive({ status, text: '' }))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ])
})
