import { ReplyLines, type ReplyDialect } from '@net/socket/authoring'
import { describe, expect, test } from 'vitest'

type Lines = readonly [status: number, ...lines: string[]]

const shared = {
  name: 'TEST',
  forTls: 'use tests:',
  decode: (line: Buffer) => line.toString(),
  replyOf: (status: number, lines: readonly string[]): Lines => [status, ...lines],
}
const loose: ReplyDialect<Lines> = { ...shared, classes: '1-5', loose: true }
const strict: ReplyDialect<Lines> = { ...shared, classes: '2-5', loose: false, longestLine: 4096 }

function replies(
  dialect: ReplyDialect<Lines>,
  ...chunks: readonly (string | Uint8Array)[]
): Lines[] {
  const lines = new ReplyLines(dialect)
  return chunks.flatMap((chunk) => [...lines.push(Buffer.from(chunk as string))])
}

const malformed = expect.objectContaining({ code: 'NET_PROTO_MALFORMED' })

describe.each([
  [
    'loose',
    loose,
    '220-Grüße\r\n 220 not yet\r\n331 nor this\r\n220 Ready\r\n\r\n150 go on\n200\r\n',
  ],
  ['strict', strict, '250-mail.test\r\n250-SIZE 100\r\n250 –\r\n550 5.1.1 Nobody\n354\r\n'],
] as const)('%s replies', (_, dialect, wire) => {
  test('are the same wherever their bytes are cut', () => {
    const bytes = Buffer.from(wire)
    const whole = replies(dialect, wire)
    expect(whole).toHaveLength(3)
    for (let at = 0; at <= bytes.length; at++) {
      expect(replies(dialect, bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole)
    }
    expect(replies(dialect, ...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole)
  })

  test.each(['HTTP/1.1 400 Bad', 'SSH-2.0-OpenSSH', '666 beast', '99 red', '2200 long'])(
    '%s is none, and is refused before its line is whole',
    (line) => {
      expect(() => replies(dialect, `${line}\r\n`)).toThrow(malformed)
      expect(() => replies(dialect, line)).toThrow(malformed)
    },
  )

  test('a server that speaks TLS or another protocol is reported as such', () => {
    expect(() => replies(dialect, Uint8Array.of(0x15, 3, 1, 0, 2))).toThrow(/TLS.*use tests:/)
    expect(() => replies(dialect, 'HTTP/1.1 400 Bad')).toThrow(/TEST reply \(an HTTP server\)/)
    expect(() => replies(dialect, 'SSH-2.0-OpenSSH\r\n')).toThrow(/an SSH server/)
  })

  test('a reply without end stops at 64 KiB', () => {
    const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT' })
    expect(() => replies(dialect, `220 ${'x'.repeat(70_000)}`)).toThrow(limit)
    expect(() => replies(dialect, '220-x\r\n'.repeat(20_000))).toThrow(limit)
  })

  test('whole ones are given before what came behind them is refused', () => {
    const lines = new ReplyLines<Lines>(dialect)
    const pushed = lines.push(Buffer.from('250 fine\r\nnonsense\r\n'))
    expect(pushed.next().value).toEqual([250, '250 fine'])
    expect(lines.pending).toBe(true)
    expect(() => pushed.next()).toThrow(malformed)
  })

  test('tell what is held of one that is not whole', () => {
    const lines = new ReplyLines<Lines>(dialect)
    expect([...lines.push(Buffer.from('250-x\r\n25'))]).toEqual([])
    expect(lines.pending).toBe(true)
    expect([...lines.push(Buffer.from('0 y\r\n'))]).toEqual([[250, '250-x', '250 y']])
    expect(lines.pending).toBe(false)
  })
})

test('where every line has a code, it is that of the first, and no line is blank', () => {
  expect(() => replies(strict, '250-one\r\n550 two\r\n')).toThrow(malformed)
  expect(() => replies(strict, '250-one\r\ntwo\r\n')).toThrow(malformed)
  expect(() => replies(strict, '\r\n')).toThrow(malformed)
  expect(() => replies(strict, '150 wait\r\n')).toThrow(malformed)
})

test('a line may have a limit of its own', () => {
  const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 4096 })
  expect(() => replies(strict, `250 ${'x'.repeat(5000)}`)).toThrow(limit)
  expect(() => replies(strict, `250 ${'x'.repeat(5000)}\r\n`)).toThrow(limit)
})

describe('a reply whose code stands there twice', () => {
  test.each([
    ['lines without a code and an end', ' UTF8\r\n SIZE\r\n211 End\r\n'],
    ['lines without a code', ' UTF8\r\n\r\nSIZE\r\n'],
    ['nothing', ''],
  ])('is whole, and %s behind it are no reply', (_, strays) => {
    const wire = `211 211-Features:\r\n${strays}200 fine\r\n213 5\r\n`
    const expected = [
      [211, '211 211-Features:'],
      [200, '200 fine'],
      [213, '213 5'],
    ]
    expect(replies(loose, wire)).toEqual(expected)
    expect(replies(loose, ...Array.from(Buffer.from(wire), (byte) => Uint8Array.of(byte)))).toEqual(
      expected,
    )
  })

  test('takes no other one with its code for its end', () => {
    expect(replies(loose, '211 211-Features:\r\n211 Fine\r\n')).toHaveLength(2)
    expect(replies(loose, '211 211-Features:\r\n UTF8\r\n211-Status\r\n211 End\r\n')).toEqual([
      [211, '211 211-Features:'],
      [211, '211-Status', '211 End'],
    ])
    expect(() => replies(loose, '211 212-x\r\n UTF8\r\n')).toThrow(malformed)
    expect(() => replies(strict, '250 250-x\r\n UTF8\r\n')).toThrow(malformed)
  })

  test('has no strays without end', () => {
    const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT' })
    expect(() => replies(loose, '211 211-x\r\n', ' y\r\n'.repeat(40_000))).toThrow(limit)
  })
})
