import { connect, type Recipients } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { readRecipients } from '../src/address-group.ts'

function read(given: Recipients): unknown {
  const { mailboxes, shown } = readRecipients(given, 'to')
  return [mailboxes.map(({ parts }) => parts.address), shown]
}

test('reads groups of a text, with what stands before, between and behind them', () => {
  const groups =
    'eve@x.example, The board: Ada <ada@x.example>, bob@x.example;, "A: b": c@x.example; d@x.example'
  expect(read(groups)).toEqual([
    ['eve@x.example', 'ada@x.example', 'bob@x.example', 'c@x.example', 'd@x.example'],
    [
      { address: 'eve@x.example' },
      {
        group: 'The board',
        members: [{ name: 'Ada', address: 'ada@x.example' }, { address: 'bob@x.example' }],
      },
      { group: 'A: b', members: [{ address: 'c@x.example' }] },
      { address: 'd@x.example' },
    ],
  ])
})

test('reads groups as objects, alone and in lists, also without members', () => {
  expect(read({ group: 'undisclosed recipients', members: [] })).toEqual([
    [],
    [{ group: 'undisclosed recipients', members: [] }],
  ])
  expect(read(['a@x.example', { group: 'B', members: 'b@x.example, c@x.example' }])).toEqual([
    ['a@x.example', 'b@x.example', 'c@x.example'],
    [
      { address: 'a@x.example' },
      { group: 'B', members: [{ address: 'b@x.example' }, { address: 'c@x.example' }] },
    ],
  ])
})

test('a colon of an address is that of no group', () => {
  expect(read('ada@[IPv6:::1]')).toEqual([['ada@[IPv6:::1]'], [{ address: 'ada@[IPv6:::1]' }]])
})

test('refuses a group without its end, within a list, without a name and with a line break in it', () => {
  const refused: [unknown, string][] = [
    ['The board: ada@x.example', 'NET_BAD_ADDRESS'],
    ['mailto:ada@x.example', 'NET_BAD_ADDRESS'],
    [['The board: ada@x.example;'], 'NET_BAD_ADDRESS'],
    [{ group: ' ', members: [] }, 'NET_BAD_OPTION'],
    [{ group: 'a\r\nBcc: b', members: [] }, 'NET_INJECTION'],
    [{ group: 1, members: [] }, 'NET_BAD_OPTION'],
  ]
  for (const [given, code] of refused) {
    expect(() => readRecipients(given as never, 'to')).toThrow(expect.objectContaining({ code }))
  }
})

test('[SMTP-38] names of any script, groups and domains beyond ASCII arrive as they were given', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const result = await client.send({
    from: 'Jürgen <ada@bücher.example>',
    to: [{ group: 'Vorstand für Grüße', members: ['bob@x.example', 'Zoë <zoe@x.example>'] }],
    cc: 'The board: carl@x.example;',
    subject: '你好',
    text: 'x',
  })
  const { headers, envelope } = await server.mailbox.waitFor()
  expect(envelope.to).toEqual(['bob@x.example', 'zoe@x.example', 'carl@x.example'])
  expect(result.accepted).toHaveLength(3)
  const encoded = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
  expect(headers.get('from')).toEqual([`${encoded('Jürgen')} <ada@xn--bcher-kva.example>`])
  expect(headers.get('to')).toEqual([
    `${encoded('Vorstand für Grüße')}: bob@x.example, ${encoded('Zoë')} <zoe@x.example>;`,
  ])
  expect(headers.get('cc')).toEqual(['The board: carl@x.example;'])
  expect(headers.get('subject')).toEqual([encoded('你好')])
})
