// The Python examples of docs/guide/mail-from-smtplib.md, run by Debian's Python against our embedded mail server: they print
// what they say, and the server gets what was meant.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSmtpServer, type ReceivedMail } from '@net/smtp/testing'
import { expect, test } from 'vitest'
import { root } from '@tools/workspace'

import { temporaryFolder } from './child.ts'
import { pythonFences } from './python-fences.ts'
import { requirePython, runFence } from './python-guide.ts'

const fences = pythonFences(readFileSync(join(root, 'docs/guide/mail-from-smtplib.md'), 'utf8'))

/** What the server got from those that send. */
const sent: Readonly<Record<string, (mail: ReceivedMail) => void>> = {
  'A session': ({ text }) => expect(text).toBe('A note, typed by hand.\r\n'),
  'A text message': ({ parsed }) => {
    expect([parsed.subject, parsed.text?.trim()]).toEqual([
      'Notes of today',
      'Grüße from the engine room.',
    ])
  },
  'Pictures as attachments': ({ parsed, envelope }) => {
    expect(envelope.to).toEqual(['bob@example.com', 'carl@example.com'])
    expect(parsed.attachments.map(({ name }) => name)).toEqual(['one.png', 'two.png'])
  },
  'A folder as attachments': ({ parsed }) => {
    expect(parsed.attachments.map(({ type }) => type)).toEqual(['text/csv', 'application/pdf'])
  },
  'HTML with a picture, and its text': ({ parsed }) => {
    expect([...parsed.walk()].map(({ type }) => type)).toEqual([
      'multipart/alternative',
      'text/plain',
      'multipart/related',
      'text/html',
      'image/jpeg',
    ])
    expect(parsed.html).toContain(`cid:${parsed.attachments[0]?.cid}`)
  },
}

test.for(fences)(
  'prints and sends what it says: $heading',
  async ({ heading, code, prints }, context) => {
    await requirePython(context, 'smtplib, email')
    await using server = await startSmtpServer()
    using folder = temporaryFolder('python-mail')
    const outcome = await runFence(code, folder.path, new Map([['2525', new URL(server.url).port]]))
    expect(outcome).toEqual({ prints, failure: '' })
    const { messages } = server.mailbox
    const look = sent[heading]
    expect(messages).toHaveLength(look === undefined ? 0 : 1)
    for (const mail of messages) look?.(mail)
  },
)

test('every example prints what its comment says, and those that send are looked at', () => {
  expect(fences.filter(({ prints }) => prints.length === 0)).toEqual([])
  expect(fences.filter(({ code }) => code.includes('2525')).map(({ heading }) => heading)).toEqual(
    Object.keys(sent),
  )
})
