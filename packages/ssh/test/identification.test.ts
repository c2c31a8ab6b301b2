import { expect, test } from 'vitest'

import { IdentificationReader } from '../src/identification.ts'

function read(...chunks: readonly string[]): unknown {
  const reader = new IdentificationReader()
  let found: unknown
  for (const chunk of chunks) found ??= reader.feed(Buffer.from(chunk))
  return found
}

test('reads the identification after lines of the server', () => {
  expect(read('Welcome\r\nto the machine\nSSH-2.0-OpenSSH_9.9 Debian\r\nrest')).toEqual({
    line: 'SSH-2.0-OpenSSH_9.9 Debian',
    software: 'OpenSSH_9.9',
    banner: ['Welcome', 'to the machine'],
  })
  expect(read('SSH-1.99-old\n')).toMatchObject({ software: 'old' })
})

test('split at every byte, it is the same', () => {
  const whole = 'Hello\r\nSSH-2.0-server_1\r\n'
  const expected = read(whole)
  expect(expected).toBeDefined()
  for (let at = 0; at <= whole.length; at++) {
    expect(read(whole.slice(0, at), whole.slice(at))).toEqual(expected)
  }
})

test('a peer that does not speak SSH is told from one that does', () => {
  const malformed = expect.objectContaining({
    code: 'NET_PROTO_MALFORMED',
    message: expect.stringContaining('does not speak SSH'),
  })
  expect(() => read('HTTP/1.1 400 Bad Request\r\n')).toThrow(malformed)
  expect(() => read('220 ftp.example.com ready\r\n')).toThrow(malformed)
  expect(() => read('\x16\x03\x01')).toThrow(malformed)
})

test('another version of SSH is refused', () => {
  expect(() => read('SSH-1.5-ancient\n')).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_NEGOTIATION' }),
  )
})

test('[H-SSH-06] the limit is over all that comes before the identification', () => {
  const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 65_536 })
  expect(() => read('x'.repeat(65_537))).toThrow(limit)
  expect(() => read(...Array.from({ length: 5000 }, () => 'a line of text\n'))).toThrow(limit)
})

test('a peer that ends too early is told by what it said', () => {
  const silent = new IdentificationReader()
  expect(silent.ended()).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'safe' })
  const talking = new IdentificationReader()
  talking.feed(Buffer.from('Go away\n'))
  expect(talking.ended()).toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect(talking.ended().message).toContain('Go away')
})
