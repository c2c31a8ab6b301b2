import { expect, test } from 'vitest'

import { listen } from '@net/socket'
import { connect, dangerouslyAcceptAnyHostKey } from '@net/ssh'

import { IdentificationReader } from '../src/identification.ts'
import { failureOf } from './embedded.ts'

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

test('a peer that does not speak SSH differs from one that does', () => {
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

function endAfter(...said: readonly string[]): Error {
  const reader = new IdentificationReader()
  for (const text of said) reader.feed(Buffer.from(text))
  return reader.ended()
}

test('a peer that ends without a word, or within its identification, may be asked again', () => {
  for (const said of [[], ['\r\n'], ['SSH-2.0-Open'], ['Hello\n', 'SSH-2.0-']]) {
    expect(endAfter(...said)).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'safe' })
  }
})

test('a server that refuses with a line of text may be tried again, and the error has the line', () => {
  for (const said of ['Exceeded MaxStartups\r\n', 'Not allowed at this time\r\n', 'Go away']) {
    expect(endAfter(said)).toMatchObject({
      code: 'NET_REPLY_TEMPORARY',
      retry: 'safe',
      reply: { text: said.trim() },
      message: expect.stringContaining(said.trim()),
    })
  }
  expect(endAfter('Sorry.\r\n', 'Too many\n').message).toContain('Sorry.')
})

test('the greeting of another protocol is not an SSH refusal', () => {
  for (const said of [
    '421 Too many connections\r\n',
    '554 No SMTP service here\r\n',
    '-ERR busy\r\n',
    '* BYE full\r\n',
    '<html>',
  ]) {
    expect(endAfter(said)).toMatchObject({ code: 'NET_PROTO_MALFORMED', retry: 'never' })
  }
})

test.each(['end', 'reset'] as const)(
  'a server that has its fill of logins (%s) is asked again',
  async (leave) => {
    let asked = 0
    await using busy = await listen('tcp://127.0.0.1:0', async (connection) => {
      asked += 1
      await connection.write('Exceeded MaxStartups\r\n')
      if (leave === 'end') await connection.close()
      else connection.toSocket().resetAndDestroy()
    })
    const error = await failureOf(
      connect(`ssh://ada@127.0.0.1:${busy.address.port}`, {
        hostKeys: dangerouslyAcceptAnyHostKey(),
        retry: { attempts: 3, delay: 1 },
      }),
    )
    expect(error).toMatchObject({ retry: 'safe' })
    expect(asked).toBe(3)
  },
)
