import { expect, test } from 'vitest'

import { ReplyLines } from '@net/socket/authoring'

import { formatReply, replyDialect, type SmtpReply } from '../src/reply.ts'

const WIRE =
  '250-mail.test at your service\r\n250-SIZE 100\r\n250 8BITMIME\r\n550 5.1.1 Nobody – there\r\n354\r\n'

function parse(...chunks: readonly (string | Uint8Array)[]): SmtpReply[] {
  const parser = new ReplyLines(replyDialect)
  return chunks.flatMap((chunk) => [...parser.push(Buffer.from(chunk as string))])
}

test('[SMTP-50] reads status, enhanced status code and text', () => {
  expect(parse(WIRE)).toEqual([
    { status: 250, text: 'mail.test at your service\nSIZE 100\n8BITMIME' },
    { status: 550, enhanced: '5.1.1', text: 'Nobody – there' },
    { status: 354, text: '' },
  ])
})

test('gives the same replies wherever their bytes are cut', () => {
  const bytes = Buffer.from(WIRE)
  const whole = parse(WIRE)
  for (let at = 0; at <= bytes.length; at++) {
    expect(parse(bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole)
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
  expect(parse(...single)).toEqual(whole)
})

test('takes an enhanced code out of every line, and none of another class', () => {
  expect(parse('550-5.7.1 No\r\n550 5.7.1 way\r\n')).toEqual([
    { status: 550, enhanced: '5.7.1', text: 'No\nway' },
  ])
  expect(parse('250 5.7.1 odd\r\n')).toEqual([{ status: 250, text: '5.7.1 odd' }])
})

test('shows text that is not UTF-8 byte by byte', () => {
  expect(parse(Buffer.from('250 gr\xfc\xdfe\r\n', 'latin1'))).toEqual([
    { status: 250, text: 'grüße' },
  ])
})

test('[H-SMTP-04] refuses lines that are not replies', () => {
  for (const line of [
    'SSH-2.0-OpenSSH_9.9',
    'HTTP/1.1 400 Bad',
    '',
    '99 x',
    '250_x',
    '666 beast',
  ]) {
    expect(() => parse(`${line}\r\n`)).toThrow(
      expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
    )
  }
  expect(() => parse('250-one\r\n550 two\r\n')).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }),
  )
})

test('says that the port wants TLS when it answers with TLS', () => {
  expect(() => parse(Uint8Array.of(0x15, 3, 1, 0, 2))).toThrow(/smtps:/)
})

test('[H-SMTP-04] [SMTP-47] limits a line and a reply', () => {
  const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT' })
  expect(() => parse('x'.repeat(5000))).toThrow(limit)
  expect(() => parse(`250 ${'x'.repeat(5000)}\r\n`)).toThrow(limit)
  expect(() => parse('220-again\r\n'.repeat(10_000))).toThrow(limit)
})

test('writes a reply as one line', () => {
  expect(formatReply({ status: 550, enhanced: '5.1.1', text: 'a\nb' })).toBe('550 5.1.1 a / b')
})
