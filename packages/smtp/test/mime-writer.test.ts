import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { attach, fromText, parseMessage, type Message } from '@net/smtp'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, test } from 'vitest'

import { checkMessage } from '../src/message.ts'
import { writtenMessage, writeMessage } from '../src/mime-writer.ts'
import { openingFor } from './opening.ts'

const least: Message = {
  from: 'ada@example.com',
  to: 'bob@example.com',
  subject: 'x',
  text: 'A line.\nAnother one.\n',
  messageId: '<1@example.com>',
  date: new Date(0),
}

function written(message: Message): string {
  return writtenMessage(checkMessage(message)).pieces.map(String).join('')
}

/** What nodemailer makes of it, the judge. */
async function composed(mail: object): Promise<string> {
  const composer = new MailComposer({
    messageId: '<1@example.com>',
    date: new Date(0),
    subject: 'x',
    text: 'A line.\nAnother one.\n',
    from: 'ada@example.com',
    to: 'bob@example.com',
    ...mail,
  })
  const raw = await composer.compile().build()
  const text = raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n')
  // The last end of a line is added where it is sent.
  return text.endsWith('\r\n') ? text : `${text}\r\n`
}

/** The message with its headers in order of their names, and without what is made up for its boundary. */
function comparable(message: string): string {
  const [head = '', ...body] = message.split('\r\n\r\n')
  const headers = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  return [headers.toSorted().join('\r\n'), ...body].join('\r\n\r\n')
}

describe('writes what nodemailer makes', () => {
  const people = Array.from({ length: 20 }, (_, n) => `Somebody Else <${n}@example.com>`)
  const messages: Readonly<Record<string, [Message, object]>> = {
    text: [least, {}],
    HTML: [
      { ...least, text: '', html: '<p>Hello</p>' },
      { text: '', html: '<p>Hello</p>' },
    ],
    'names, with and without quotes': [
      {
        ...least,
        from: 'Ada Lovelace <ada@example.com>',
        sender: { name: 'X, "Y" \\ Z', address: 'x.y+z@example.com' },
        to: ['bob@example.com', 'Bob B. <bob@example.org>'],
        cc: 'cc@example.com',
        replyTo: 'reply@example.com',
        bcc: 'bcc@example.com',
      },
      {
        from: 'Ada Lovelace <ada@example.com>',
        sender: { name: 'X, "Y" \\ Z', address: 'x.y+z@example.com' },
        to: ['bob@example.com', { name: 'Bob B.', address: 'bob@example.org' }],
        cc: 'cc@example.com',
        replyTo: 'reply@example.com',
      },
    ],
    'many recipients and a long subject': [
      { ...least, to: people, subject: 'many words '.repeat(30).trim() },
      { to: people, subject: 'many words '.repeat(30).trim() },
    ],
  }
  for (const [what, [message, mail]] of Object.entries(messages)) {
    test(`of ${what}`, async () => {
      expect(comparable(written(message))).toBe(comparable(await composed(mail)))
    })
  }
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
  const parsed = parseMessage(Buffer.from(raw, 'latin1'))
  expect(parsed.from).toEqual([{ name: 'Jürgen', address: 'ada@example.com' }])
  expect(parsed.to).toEqual([{ name: '你好，世界'.repeat(20), address: 'bob@example.com' }])
  expect(parsed.subject).toBe('Grüße aus Zürich, und noch viele weitere Wörter in diesem Betreff')
  expect(parsed.headers.find(({ name }) => name === 'X-Mine')?.value).toBe('Grüße')
  expect(parsed.text).toBe('Grüße aus Zürich, und noch ein paar Worte.')
  expect(parsed.html).toBe('<p>你好</p>')
  expect(raw).toContain('Gr=C3=BC=C3=9Fe aus Z=C3=BCrich, und noch ein paar Worte.')
})

test('the same message is the same bytes each time it is written', async () => {
  const checked = checkMessage({ ...least, html: '<p>', attachments: [attach(fromText('x'))] })
  expect(writtenMessage(checked).pieces).toEqual(writtenMessage(checked).pieces)
})

test('[SMTP-28] what is attached is read while it is sent, and the size is known where that of each source is', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 100; n++) yield Buffer.alloc(999, n)
  }
  const all = Buffer.concat(Array.from({ length: 100 }, (_, n) => Buffer.alloc(999, n)))
  for (const [source, isKnown] of [
    [chunks, false],
    [new Blob([all]), true],
  ] as const) {
    const checked = checkMessage({ ...least, attachments: [attach(source, { name: 'a.bin' })] })
    const content = await openingFor((opening) => writeMessage(checked, opening))
    const pieces: Uint8Array[] = []
    for await (const chunk of content.content) pieces.push(Uint8Array.from(chunk as Uint8Array))
    await content.close?.()
    const raw = Buffer.concat(pieces).toString('latin1')
    expect(content.size).toBe(isKnown ? raw.length : undefined)
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
    const [, body = ''] = /name="a\.bin"[\s\S]*?\r\n\r\n([\w+/=\r\n]*?)\r\n--/.exec(raw) ?? []
    expect(Buffer.from(body, 'base64').equals(all)).toBe(true)
  }
})

test('a source that fails costs its message, and the others are let go', async () => {
  let isClosed = false
  async function* good(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('x')
      yield Buffer.from('y')
    } finally {
      isClosed = true
    }
  }
  const bad = (): AsyncIterable<Uint8Array> => {
    throw new Error('not there')
  }
  const checked = checkMessage({ ...least, attachments: [attach(good()), attach(bad)] })
  await expect(openingFor((opening) => writeMessage(checked, opening))).rejects.toThrow('not there')
  expect(isClosed).toBe(true)
})

test('what is to go out as it is has no line that begins with a dot, neither in its headers nor in its text', async () => {
  const dotted = async (more: Partial<Message>): Promise<string | undefined> => {
    const checked = checkMessage({ ...least, ...more })
    return (await openingFor((opening) => writeMessage(checked, opening))).dotted
  }
  expect(await dotted({ text: 'a\n b.\n' })).toMatch(/\r\n\.\r\n$/)
  for (const more of [
    { text: '.a' },
    { text: 'a\n.b' },
    { text: 'a', html: '<p>\n.b' },
    { text: '\u00E4 and words that are mostly of ASCII\n.b' },
    { headers: { '.odd': 'x' } },
  ]) {
    expect(await dotted(more)).toBeUndefined()
  }
})

test('what was written is let go of by the next small collection, and does not wait for a large one', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void
  const message = checkMessage({ ...least, text: 'A line.\n'.repeat(1000) })
  const left = await openingFor((opening) => {
    const write = (): number => {
      for (let n = 0; n < 200; n++) void writeMessage(message, opening)
      // What survives one of them is young still.
      for (let n = 0; n < 3; n++) collect({ type: 'minor' })
      return process.memoryUsage().heapUsed
    }
    write()
    collect({ type: 'major' })
    const before = process.memoryUsage().heapUsed
    return write() - before
  })
  // The texts alone have 1.6 MB.
  expect(left).toBeLessThan(500_000)
})
