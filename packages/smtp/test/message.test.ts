import { inspect } from 'node:util'

import { attach, fromText, type Message } from '@net/smtp'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { checkMessage } from '../src/message.ts'

const least: Message = { from: 'Ada <ada@example.com>', to: 'bob@example.com' }

test('makes the envelope of sender and all recipients', () => {
  const { envelope } = checkMessage({
    ...least,
    sender: 'office@example.com',
    cc: 'cc@example.com',
    bcc: ['bcc@example.com', 'bob@example.com'],
  })
  expect(envelope).toMatchObject({
    from: 'office@example.com',
    to: ['bob@example.com', 'cc@example.com', 'bcc@example.com'],
  })
})

test('[SMTP-39] makes up a Message-ID of the sender and the date of the clock', () => {
  using clock = useFakeClock()
  const { messageId, date } = checkMessage(least)
  expect(messageId).toMatch(/^<[\da-f-]{36}@example\.com>$/)
  expect(date.getTime()).toBe(clock.date())
  expect(checkMessage(least).messageId).not.toBe(messageId)
})

test('the right side of a Message-ID is the domain of the author in ASCII, and never the machine', () => {
  const { messageId } = checkMessage({ ...least, from: 'Ada <ada@bücher.example>' })
  expect(messageId).toMatch(/^<[\da-f-]{36}@xn--bcher-kva\.example>$/)
})

test('keeps what is given', () => {
  const given = {
    ...least,
    messageId: '<1@x.example>',
    inReplyTo: '<0@x.example>',
    references: ['<00@x.example>', '<0@x.example>'],
    date: new Date(0),
    headers: { 'X-A': ['1', '2'], 'List-Id': 'x' },
    attachments: [attach(fromText('x'))],
  }
  const checked = checkMessage(given)
  expect(checked.messageId).toBe('<1@x.example>')
  expect(checked.date).toEqual(new Date(0))
  expect(checked.attachments).toHaveLength(1)
  expect(checked.headers).toEqual([
    { key: 'In-Reply-To', value: '<0@x.example>' },
    { key: 'References', value: '<00@x.example> <0@x.example>' },
    { key: 'X-A', value: '1' },
    { key: 'X-A', value: '2' },
    { key: 'List-Id', value: 'x' },
  ])
})

test('a message stays what it was when it was given, whatever becomes of its parts', () => {
  const [first, second] = ['one', 'two'].map((text) => attach(fromText(text)))
  const attachments = [first] as NonNullable<Message['attachments']>
  const date = new Date(0)
  const checked = checkMessage({ ...least, attachments, date })
  Object.assign(attachments, [second, second])
  date.setFullYear(2000)
  expect(checked.attachments).toEqual([first])
  expect(checked.date).toEqual(new Date(0))
})

test('[H-SMTP-10] [SMTP-41] refuses line breaks in everything that becomes a header', () => {
  for (const evil of ['x\r\nBcc: eve@x.example', 'x\ny', 'x\ry', 'x\0y']) {
    const messages: Message[] = [
      { ...least, subject: evil },
      { ...least, from: evil },
      { ...least, sender: evil },
      { ...least, to: ['bob@example.com', evil] },
      { ...least, cc: { name: evil, address: 'bob@example.com' } },
      { ...least, bcc: evil },
      { ...least, replyTo: evil },
      { ...least, headers: { 'X-A': evil } },
      { ...least, headers: { 'X-A': ['fine', evil] } },
      { ...least, messageId: `<${evil}@x.example>` },
      { ...least, inReplyTo: `<${evil}@x.example>` },
      { ...least, references: [`<${evil}@x.example>`] },
    ]
    for (const message of messages) {
      expect(() => checkMessage(message)).toThrow(
        expect.objectContaining({ code: 'NET_INJECTION' }),
      )
    }
    expect(() => checkMessage({ ...least, headers: { [evil]: 'x' } })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_HEADER' }),
    )
  }
})

test('refuses headers that are made from the message', () => {
  for (const key of [
    'Bcc',
    'from',
    'MIME-Version',
    'Content-Type',
    'Message-ID',
    'X:Y',
    'X Y',
    '',
  ]) {
    expect(() => checkMessage({ ...least, headers: { [key]: 'x' } })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_HEADER' }),
    )
  }
})

test('[H-SMTP-17] refuses files, URLs and raw parts that come with data from elsewhere', () => {
  const untrusted = [
    '{"from":"a@x.example","to":"b@x.example","raw":"x"}',
    '{"from":"a@x.example","to":"b@x.example","text":{"path":"/etc/passwd"}}',
    '{"from":"a@x.example","to":"b@x.example","html":{"href":"http://127.0.0.1/"}}',
    '{"from":"a@x.example","to":"b@x.example","attachments":[{"path":"/etc/passwd"}]}',
    '{"from":"a@x.example","to":"b@x.example","attachments":[{"kind":"attachment","source":{"kind":"file-source","path":"/etc/passwd"}}]}',
    '{"from":"a@x.example","to":"b@x.example","attachments":{"path":"/etc/passwd"}}',
    '{"from":"a@x.example","to":"b@x.example","alternatives":[{"path":"/etc/passwd"}]}',
    '{"from":"a@x.example","to":"b@x.example","icalEvent":{"path":"/etc/passwd"}}',
  ]
  for (const text of untrusted) {
    expect(() => checkMessage(JSON.parse(text))).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})

test('refuses what is incomplete or of the wrong kind', () => {
  expect(() => checkMessage({ to: 'b@x.example' } as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
  )
  expect(() => checkMessage({ from: 'b@x.example' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_ADDRESS' }),
  )
  expect(() => checkMessage(null as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkMessage({ ...least, date: new Date(Number.NaN) })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkMessage({ ...least, subject: 5 } as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(() => checkMessage({ ...least, messageId: 'x' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_HEADER' }),
  )
})

describe('fields of the wrong type', () => {
  const wrong: readonly Readonly<Record<string, unknown>>[] = [
    { from: 5 },
    { from: null },
    { from: ['ada@example.com'] },
    { sender: 5 },
    { sender: null },
    { to: 5 },
    { to: null },
    { to: [null] },
    { cc: true },
    { bcc: () => 'x' },
    { replyTo: 5 },
    { subject: 1 },
    { subject: null },
    { text: 1 },
    { text: Buffer.from('x') },
    { html: null },
    { attachments: {} },
    { attachments: null },
    { attachments: ['report.pdf'] },
    { attachments: [undefined] },
    { headers: 'X-A: b' },
    { headers: null },
    { headers: 5 },
    { headers: [['X-A', 'b']] },
    { headers: new Map([['X-A', 'b']]) },
    { headers: { 'X-A': 1 } },
    { headers: { 'X-A': null } },
    { headers: { 'X-A': ['b', 1] } },
    { headers: { 'X-A': {} } },
    { messageId: 5 },
    { messageId: null },
    { inReplyTo: 5 },
    { references: '<a@b> <c@d>' },
    { references: null },
    { references: [5] },
    { date: 'today' },
    { date: 0 },
    { date: null },
  ]
  for (const fields of wrong) {
    const [key = ''] = Object.keys(fields)
    test(`are refused by their names: ${inspect(fields)}`, () => {
      expect(() => checkMessage({ ...least, ...fields })).toThrow(
        expect.objectContaining({
          code: 'NET_BAD_OPTION',
          message: expect.stringMatching(key === 'headers' ? /header/ : new RegExp(key)),
        }),
      )
    })
  }

  test('but undefined counts as not given', () => {
    const fields = [
      'sender',
      'replyTo',
      'cc',
      'bcc',
      'subject',
      'text',
      'html',
      'attachments',
      'headers',
      'messageId',
      'inReplyTo',
      'references',
      'date',
    ]
    const none = Object.fromEntries(fields.map((field) => [field, undefined]))
    const checked = checkMessage({ ...none, ...least, headers: { 'X-A': undefined } })
    expect(checked).toMatchObject({ subject: '', headers: [], cc: [], attachments: [] })
    expect(checked).not.toHaveProperty('text')
    expect(checkMessage({ ...least, to: undefined, cc: 'a@b.example' }).to).toEqual([])
  })
})

test('a tab is space in a subject and in further headers', () => {
  const checked = checkMessage({ ...least, subject: 'a\tb', headers: { 'X-A': 'c\td' } })
  expect(checked).toMatchObject({ subject: 'a\tb', headers: [{ key: 'X-A', value: 'c\td' }] })
})

test('several recipients in one text', () => {
  const { to, envelope } = checkMessage({
    ...least,
    to: '"Lovelace, Ada" <a@x.org>, b@x.org',
    cc: 'c@x.org; d@x.org;',
    bcc: 'e@x.org,f@x.org',
  })
  expect(to).toEqual([{ name: 'Lovelace, Ada', address: 'a@x.org' }, { address: 'b@x.org' }])
  expect(envelope.to).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@x.org`))
  expect(() => checkMessage({ ...least, from: 'a@x.org, b@x.org' })).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_ADDRESS',
      message: expect.stringMatching(/^from: .*several/),
    }),
  )
})

test('[H-CORE-02] reads own properties only', () => {
  const polluted = Object.assign(
    Object.create({ bcc: 'eve@x.example', subject: 'inherited' }),
    least,
  ) as Message
  const { envelope, subject } = checkMessage(polluted)
  expect(envelope.to).toEqual(['bob@example.com'])
  expect(subject).toBe('')
})

test.each([
  [{ Subject: 'x' }, 'a message has no field called Subject; did you mean subject?'],
  [{ reply_to: 'x@y.example' }, 'a message has no field called reply_to; did you mean replyTo?'],
  [{ body: 'x' }, 'a message has no field called body; use text or html'],
  [{ attachments: attach(fromText('x')) }, 'attachments must be a list of attach(…)'],
  [{ to: { name: 'Bob', email: 'b@x.example' } }, 'to must be a string or { name, address }'],
])('says what was meant by %j', (wrong, message) => {
  const right = { from: 'a@x.example', to: 'b@x.example' }
  expect(() => checkMessage({ ...right, ...wrong } as never)).toThrow(message)
})
