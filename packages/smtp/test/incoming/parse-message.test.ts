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
