import { attach, connect, fromText, parseMessage, type ParsedMessage } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

function read(...lines: readonly string[]): ParsedMessage {
  return parseMessage(Buffer.from(lines.join('\r\n')))
}

test('[SMTP-43] reads back what we wrote: people, texts, files, forwarded mail and an invitation', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const inner = 'From: eve@x.example\r\nSubject: inner\r\n\r\ninner text\r\n'
  const calendar = { content: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n' }
  const date = new Date('2026-11-29T12:00:00Z')
  const { messageId } = await client.send({
    from: { name: 'Jürgen, "Graf"', address: 'ada@x.example' },
    to: ['bob@x.example', { group: 'Vorstand', members: 'Zoë <zoe@x.example>' }],
    replyTo: 'reply@x.example',
    subject: 'Grüße — 你好',
    date,
    references: ['<1@x.example>', '<2@x.example>'],
    text: 'Grüße\n.\n',
    html: '<p>Grüße <img src="cid:logo@x"></p>',
    calendar,
    attachments: [
      attach(Buffer.from([0, 255, 10, 13]), { name: 'Prüfung (1).bin' }),
      attach(Buffer.from('png'), { cid: 'logo@x', type: 'image/png' }),
      attach(fromText(inner), { type: 'message/rfc822' }),
    ],
  })
  const mail = (await server.mailbox.waitFor()).parsed
  expect(mail).toMatchObject({
    from: [{ name: 'Jürgen, "Graf"', address: 'ada@x.example' }],
    to: [{ address: 'bob@x.example' }, { name: 'Zoë', address: 'zoe@x.example' }],
    replyTo: [{ address: 'reply@x.example' }],
    subject: 'Grüße — 你好',
    date,
    messageId,
    references: ['<1@x.example>', '<2@x.example>'],
    text: 'Grüße\r\n.\r\n',
    html: '<p>Grüße <img src="cid:logo@x"></p>',
    defects: [],
  })
  expect(mail.attachments.map(({ name, type, cid }) => [name, type, cid])).toEqual([
    ['logo.png', 'image/png', 'logo@x'],
    [undefined, 'text/calendar', undefined],
    ['Prüfung (1).bin', 'application/octet-stream', undefined],
    [undefined, 'message/rfc822', undefined],
  ])
  const [, invitation, file, forwarded] = mail.attachments
  expect(Buffer.from(invitation?.content ?? []).toString()).toBe(calendar.content)
  expect([...(file?.content ?? [])]).toEqual([0, 255, 10, 13])
  expect(Buffer.from(forwarded?.content ?? []).toString()).toBe(inner)
  expect(forwarded?.message()).toMatchObject({ subject: 'inner', text: 'inner text\r\n' })
  expect(file?.message()).toBeUndefined()
  expect([...mail.walk()].map(({ path }) => path)[0]).toBe('')
})

test('[SMTP-43] the text of a message within the message is not that of the message', () => {
  const mail = read(
    'Subject: outer',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    'Content-Disposition: inline',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('Subject: inner\r\n\r\nsecret').toString('base64'),
    '--b--',
  )
  expect(mail.text).toBeUndefined()
  expect(mail.attachments[0]?.message()).toMatchObject({ subject: 'inner', text: 'secret' })
})

const INNER = ['From: eve@x.example', 'Subject: inner', '', 'inner text'].join('\r\n')

/** A message as a part of another one, in lines. */
function within(message: string, ...headers: readonly string[]): readonly string[] {
  return ['--b', 'Content-Type: message/rfc822', ...headers, '', message]
}

test.each([
  ['inline', 'mixed', within(INNER, 'Content-Disposition: inline')],
  ['attached', 'mixed', within(INNER, 'Content-Disposition: attachment; filename=a.eml')],
  [
    'in base64',
    'mixed',
    within(Buffer.from(INNER).toString('base64'), 'Content-Transfer-Encoding: base64'),
  ],
  [
    'in a report',
    'report; report-type=delivery-status',
    ['--b', 'Content-Type: message/delivery-status', '', 'X: y', ...within(INNER)],
  ],
])(
  'a message that comes %s is a file with its own text, and no text of the outer one',
  (_, kind, lines) => {
    const mail = read(
      'Subject: outer',
      `Content-Type: multipart/${kind}; boundary=b`,
      '',
      '--b',
      '',
      'outer text',
      ...lines,
      '--b--',
    )
    expect(mail).toMatchObject({ subject: 'outer', text: 'outer text', defects: [] })
    expect(mail.html).toBeUndefined()
    const inner = mail.attachments.at(-1)
    expect(Buffer.from(inner?.content ?? []).toString()).toBe(INNER)
    expect(inner?.message()).toMatchObject({ subject: 'inner', text: 'inner text' })
    const last = [...mail.walk()].at(-1)
    expect([last?.type, last?.text]).toEqual(['text/plain', 'inner text'])
    expect(last?.path).toMatch(/^\d\.1$/)
  },
)

test('messages in messages are walked through to a depth of 20, and what is deeper is told', () => {
  let text = 'Subject: deepest\r\n\r\nthe end'
  for (let n = 0; n < 25; n++) text = `Subject: ${n}\r\nContent-Type: message/rfc822\r\n\r\n${text}`
  let mail: ParsedMessage | undefined = parseMessage(Buffer.from(text))
  expect([...mail.walk()]).toHaveLength(21)
  const subjects: string[] = []
  let last = mail
  for (; mail !== undefined; mail = mail.attachments[0]?.message()) {
    subjects.push(mail.subject)
    last = mail
  }
  expect([subjects.length, subjects.at(-1)]).toEqual([21, '4'])
  expect(last.defects).toEqual([{ kind: 'too-deep', part: '' }])
})

test('[SMTP-43] what is not as it should be is read all the same, and told', () => {
  const mail = read(
    'From: a@x.example',
    'Subject: first',
    'Subject: second',
    'Date: some day soon',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: application/pdf',
    '',
    'half',
  )
  expect(mail.subject).toBe('first')
  expect(mail.date).toBeUndefined()
  expect(mail.headers.filter(({ name }) => name === 'Subject')).toHaveLength(2)
  expect(mail.attachments).toMatchObject([{ type: 'application/pdf', complete: false }])
  expect(mail.defects).toEqual([
    { kind: 'truncated', part: '' },
    { kind: 'repeated-header', part: '', detail: 'subject' },
    { kind: 'bad-date', part: '', detail: 'some day soon' },
  ])
})

test('a date without a zone is UTC, also with a comment behind it', () => {
  const date = (text: string): string | undefined =>
    read(`Date: ${text}`, '', '').date?.toISOString()
  expect(date('Sun, 29 Nov 2026 12:00:00')).toBe('2026-11-29T12:00:00.000Z')
  expect(date('29 Nov 2026 12:00:00 +0100 (CET)')).toBe('2026-11-29T11:00:00.000Z')
  expect(date('Sun, 29 Nov 2026 12:00:00 GMT')).toBe('2026-11-29T12:00:00.000Z')
})

test('a message is bytes', () => {
  expect(() => parseMessage('Subject: x' as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  expect(parseMessage(new Uint8Array())).toMatchObject({ subject: '', from: [], attachments: [] })
})

/** A broken message, what comes out, and the kinds of its defects. */
const BROKEN: readonly (readonly [string, readonly string[], object, readonly string[]])[] = [
  ['nothing at all', [''], { subject: '', attachments: [] }, ['missing-headers']],
  ['no headers', ['just', 'a text'], { text: 'just\r\na text' }, ['missing-headers']],
  ['no text', ['Subject: x'], { subject: 'x' }, []],
  [
    'a line among the headers that is none',
    ['Subject: x', 'nonsense', 'To: a@x.example', '', 'y'],
    { to: [{ address: 'a@x.example' }], text: 'y' },
    [],
  ],
  ['a header without a colon at its end', ['Subject x', '', 'y'], {}, ['missing-headers']],
  ['a blank before the colon', ['Subject : x', '', 'y'], { subject: 'x', text: 'y' }, []],
  [
    'the line of a mailbox file in front',
    ['From eve Sun Nov 29 12:00:00 2026', 'Subject: x', '', 'y'],
    { subject: 'x', text: 'y' },
    [],
  ],
  ['bare line feeds', ['Subject: x\nTo: a@x.example\n\ny'], { subject: 'x', text: 'y' }, []],
  ['two subjects', ['Subject: a', 'Subject: b', '', 'y'], { subject: 'a' }, ['repeated-header']],
  [
    'two authors in two headers',
    ['From: a@x.example', 'From: b@x.example', '', 'y'],
    { from: [{ address: 'a@x.example' }] },
    ['repeated-header'],
  ],
  ['a date of no calendar', ['Date: someday', '', 'y'], { text: 'y' }, ['bad-date']],
  ['8-bit bytes in a header', ['Subject: Gr\u00fc\u00dfe', '', 'y'], { subject: 'Grüße' }, []],
  [
    'an encoded word without an end',
    ['Subject: =?utf-8?Q?x', '', 'y'],
    { subject: '=?utf-8?Q?x' },
    [],
  ],
  ['an encoded word of nobody', ['Subject: =?x-none?Q?x=FC?=', '', 'y'], { subject: 'xü' }, []],
  ['a type that is none', ['Content-Type: text', '', 'y'], { text: 'y' }, []],
  [
    'no boundary',
    ['Content-Type: multipart/mixed', '', '--b', '', 'y'],
    { text: '--b\r\n\r\ny' },
    ['missing-boundary'],
  ],
  [
    'a boundary that never comes',
    ['Content-Type: multipart/mixed; boundary=b', '', 'y'],
    { attachments: [] },
    ['truncated'],
  ],
  [
    'no last boundary',
    ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'y'],
    { text: 'y' },
    ['truncated'],
  ],
  [
    'a file that was cut',
    ['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: image/png', '', 'ab'],
    { attachments: [{ type: 'image/png', complete: false }] },
    ['truncated'],
  ],
  [
    'an inner multipart without its end',
    [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/alternative; boundary=c',
      '',
      '--c',
      '',
      'y',
      '--b--',
    ],
    { text: 'y' },
    ['truncated'],
  ],
  [
    'a footer behind base64',
    ['Content-Transfer-Encoding: base64', '', 'eQ==', '___', 'the list'],
    { text: 'y' },
    ['bad-encoding'],
  ],
  [
    'quoted-printable that is none',
    ['Content-Transfer-Encoding: quoted-printable', '', '5 = 5, =G1'],
    { text: '5 = 5, =G1' },
    ['bad-encoding'],
  ],
  [
    'an encoding of nobody',
    ['Content-Transfer-Encoding: rot13', '', 'y'],
    { text: 'y' },
    ['bad-encoding'],
  ],
  [
    'a charset of nobody',
    ['Content-Type: text/plain; charset=x-none', '', 'y\u00fc'],
    { text: 'yü' },
    ['unknown-charset'],
  ],
  [
    'Latin-1 that calls itself UTF-8',
    ['Content-Type: text/plain; charset=utf-8', '', 'y\u00fc'],
    { text: 'yü' },
    ['wrong-charset'],
  ],
  [
    'a file name in three broken ways',
    [
      'Content-Type: image/png; name="a',
      `Content-Disposition: attachment; filename*=utf-8''%zz`,
      '',
      'y',
    ],
    { attachments: [{ type: 'image/png', name: '%zz' }] },
    [],
  ],
]

test.each(BROKEN)(
  'of a broken message with %s comes out what there is',
  (_, lines, expected, kinds) => {
    const mail = parseMessage(Buffer.from(lines.join('\r\n'), 'latin1'))
    expect(mail).toMatchObject(expected)
    expect(mail.date).toBeUndefined()
    expect(mail.defects.map(({ kind }) => kind)).toEqual(kinds)
  },
)
