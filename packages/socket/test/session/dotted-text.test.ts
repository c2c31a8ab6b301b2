import { defineErrorTable, operation } from '@net/core/authoring'
import { askDotted, Commands, TextLines, type DottedTextOptions } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

const follows = (line: string): boolean => line.startsWith('+')

/** What is made of a server's answer, split at this byte. */
async function asked(answer: string, at = 0, options: Partial<DottedTextOptions> = {}) {
  const [ours, peer] = memoryPair()
  const commands = new Commands<string>(ours, {
    replies: () => new TextLines(),
    place: { protocol: 'test', errors: defineErrorTable([]), what: 'the connection' },
    show: (line) => line,
  })
  const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
  const text = operation(spec, { retry: false }, (op) =>
    commands.during(op, () => askDotted(commands, 'LIST', { follows, ...options })),
  )
  text.catch(() => {})
  const bytes = Buffer.from(answer, 'latin1')
  for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) {
    if (part.length > 0) await peer.write([part])
  }
  return { commands, text }
}

test('the lines up to the one with a dot alone, without the dots that were put before others', async () => {
  const answer = '+OK\r\none\r\n..\r\n..two\r\n. \r\n\r\n.\r\n'
  for (let at = 0; at < answer.length; at++) {
    const { text } = await asked(answer, at)
    expect(await text).toEqual({ first: '+OK', lines: ['one', '.', '.two', ' ', ''] })
  }
})

test('nothing follows a refusal', async () => {
  const { text } = await asked('-ERR no\r\n')
  expect(await text).toEqual({ first: '-ERR no', lines: [] })
})

test('a text of nothing', async () => {
  const { text } = await asked('+OK\r\n.\r\n')
  expect(await text).toEqual({ first: '+OK', lines: [] })
})

test('more bytes than allowed end the connection, also in lines without a character', async () => {
  for (const answer of ['+OK\r\n1234567890\r\n', '+OK\r\n\r\n\r\n\r\n\r\n\r\n\r\n']) {
    const { commands, text } = await asked(answer, 0, { maxBytes: 10 })
    await expect(text).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 10 })
    expect(await commands.closed).toMatchObject({ code: 'NET_PROTO_LIMIT' })
  }
  const { text } = await asked('+OK\r\n12345678\r\n.\r\n', 0, { maxBytes: 10 })
  expect(await text).toEqual({ first: '+OK', lines: ['12345678'] })
})
