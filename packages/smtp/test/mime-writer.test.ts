import { attach, fromText, type Message } from '@net/smtp'
import { parseMessage } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { loadComposer } from '../src/engine/nodemailer.ts'
import { checkMessage } from '../src/message.ts'
import { writeMessage } from '../src/mime-writer.ts'
import { openingFor } from './opening.ts'

const least: Message = {
  from: 'ada@example.com',
  to: 'bob@example.com',
  subject: 'x',
  text: 'A line.\nAnother one.\n',
  messageId: '<1@example.com>',
  date: new Date(0),
}

function written(message: Message): string | undefined {
  return writeMessage(checkMessage(message))?.toString('latin1')
}

async function composed(message: Message): Promise<string> {
  const compose = await loadComposer()
  const { content } = await openingFor((opening) => compose(checkMessage(message), opening))
  const text = (content as Buffer).toString('latin1').replaceAll(/\r?\n/g, '\r\n')
  // The last end of a line is added where it is sent.
  return text.endsWith('\r\n') ? text : `${text}\r\n`
}

/** The message with its headers in order of their names, and without what is made up for its boundary. */
function comparable(message: string): string {
  const [, boundary = 'none'] = /boundary="([^"]+)"/.exec(message) ?? []
  const [head = '', ...body] = message.replaceAll(boundary, 'boundary').split('\r\n\r\n')
  const headers = head.split(/\r\n(?![ \t])/)
  return [headers.toSorted().join('\r\n'), ...body].join('\r\n\r\n')
}

describe('writes what the engine makes', () => {
  const people = Array.from({ length: 20 }, (_, n) => `Somebody Else <${n}@example.com>`)
  const messages: Readonly<Record<string, Message>> = {
    text: least,
    HTML: { ...least, text: '', html: '<p>Hello</p>' },
    'text without an end': { ...least, text: 'no end' },
    'names, with and without quotes': {
      ...least,
      from: 'Ada Lovelace <ada@example.com>',
      sender: { name: 'X, "Y" \\ Z', address: 'x.y+z@example.com' },
      to: ['bob@example.com', 'Bob B. <bob@example.org>'],
      cc: 'cc@example.com',
      replyTo: 'reply@example.com',
      bcc: 'bcc@example.com',
    },
    'nobody but those in bcc': { ...least, to: [], bcc: 'bcc@example.com', subject: '' },
    'further headers': {
      ...least,
      headers: { 'X-Mine': ['yes', 'and no'], 'Auto-Submitted': 'auto-generated' },
      inReplyTo: '<2@example.com>',
      references: ['<2@example.com>', '<3@example.com>'],
    },
    'a domain beyond ASCII': { ...least, to: 'bob@bücher.example' },
  }
  for (const [what, message] of Object.entries(messages)) {
    test(`of ${what}`, async () => {
      expect(comparable(written(message) ?? '')).toBe(comparable(await composed(message)))
    })
  }

  test('text and HTML', async () => {
    const both = { ...least, html: '<p>Hello</p>\n' }
    const parts = (message: string): string[] =>
      comparable(message)
        .split('--boundary')
        .slice(1)
        .map((part) => part.split('\r\n').toSorted().join('\n'))
    expect(parts(written(both) ?? '')).toEqual(parts(await composed(both)))
    expect(written(both)).toMatch(/^Content-Type: multipart\/alternative;\r\n boundary=/m)
  })

  test('many recipients and a long subject, folded', async () => {
    const long = { ...least, to: people, subject: 'many words '.repeat(30).trim() }
    const unfolded = (message: string): string => comparable(message.replaceAll(/\r\n /g, ' '))
    expect(unfolded(written(long) ?? '')).toBe(unfolded(await composed(long)))
    const lines = (written(long) ?? '').split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76)
    expect(lines).not.toContain('Subject:')
  })
})

test('text and names of any script, in ASCII', () => {
  const raw = written({
    ...least,
    from: 'Jürgen <ada@example.com>',
    to: { name: '你好，世界'.repeat(20), address: 'bob@example.com' },
    subject: 'Grüße aus Zürich, und noch viele weitere Wörter in diesem Betreff',
    headers: { 'X-Mine': 'Grüße' },
    text: 'Grüße aus Zürich, und noch ein paar Worte.',
    html: '<p>你好</p>',
  })
  expect(raw).toMatch(/^[\r\n -~]+$/)
  const { headers } = parseMessage(Buffer.from(raw ?? '', 'latin1'))
  const decoded = (name: string): string =>
    (headers.get(name)?.[0] ?? '')
      .replaceAll('?= =?', '?==?')
      .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) =>
        Buffer.from(word, 'base64').toString(),
      )
  expect(decoded('from')).toBe('Jürgen <ada@example.com>')
  expect(decoded('to')).toBe(`${'你好，世界'.repeat(20)} <bob@example.com>`)
  expect(decoded('subject')).toBe(
    'Grüße aus Zürich, und noch viele weitere Wörter in diesem Betreff',
  )
  expect(decoded('x-mine')).toBe('Grüße')
  expect(raw).toContain('Gr=C3=BC=C3=9Fe aus Z=C3=BCrich, und noch ein paar Worte.')
})

describe('leaves to the engine', () => {
  const messages: Readonly<Record<string, Message>> = {
    attachments: { ...least, attachments: [attach(fromText('x'))] },
    'no text': { ...least, text: '' },
    'an address beyond ASCII': { ...least, to: 'jürgen@example.com' },
    'an address in quotes': { ...least, to: '"ada lovelace"@example.com' },
    'a subject that looks encoded': { ...least, subject: 'about =?UTF-8?Q?x?=' },
    'a name that looks encoded': { ...least, to: { name: '=?x?=', address: 'b@example.com' } },
    'space that a reader would take away': { ...least, subject: ' two  spaces' },
    'a tab beside other scripts': { ...least, subject: 'ä\tb' },
    'words that fit into no line': { ...least, subject: 'x'.repeat(80) },
    'headers with a form of their own': { ...least, headers: { 'List-Id': 'Grüße <x.example>' } },
    'headers of unusual names': { ...least, headers: { 'x_mine!': 'yes' } },
  }
  for (const [what, message] of Object.entries(messages)) {
    test(`a message with ${what}`, () => {
      expect(written(message)).toBeUndefined()
    })
  }
})
