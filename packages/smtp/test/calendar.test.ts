import { attach, connect, fromText, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { checkCalendar } from '../src/calendar.ts'

const content = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:1@x.example',
  'SUMMARY:Grüße',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\n')
const least: Message = { from: 'ada@x.example', to: 'bob@x.example', text: 'Come!' }

async function typesOf(message: Message): Promise<readonly string[]> {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send(message)
  const raw = Buffer.from((await server.mailbox.waitFor()).raw).toString()
  return [...raw.matchAll(/^Content-Type: ([^\r]+)/gm)].map(([, type = '']) => type)
}

test('[SMTP-44] an invitation is the last form of the text, whatever else goes along', async () => {
  const invitation = 'text/calendar; charset=utf-8; method=REQUEST'
  expect(await typesOf({ ...least, calendar: { content } })).toEqual([
    'multipart/alternative;',
    'text/plain; charset=utf-8',
    invitation,
  ])
  const attachments = [attach(fromText('x'), { name: 'a.pdf' })]
  expect(
    await typesOf({ ...least, html: '<p>x</p>', attachments, calendar: { content, attach: true } }),
  ).toEqual([
    'multipart/mixed;',
    'multipart/alternative;',
    'text/plain; charset=utf-8',
    'text/html; charset=utf-8',
    invitation,
    'application/pdf;',
    'application/ics; method=REQUEST;',
  ])
})

test('takes the method of the calendar and no other', () => {
  expect(checkCalendar({ content }).method).toBe('REQUEST')
  expect(checkCalendar({ content, method: 'request' }).method).toBe('REQUEST')
  expect(checkCalendar({ content: content.replace('REQUEST', 'CANCEL') }).method).toBe('CANCEL')
  for (const wrong of [
    { content, method: 'CANCEL' },
    { content: 'hello' },
    { content: content.replace('METHOD:REQUEST\n', '') },
  ]) {
    expect(() => checkCalendar(wrong)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})
