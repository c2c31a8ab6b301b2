import { attach, connect, fromText, parseMessage } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { Mailbox, type ReceivedMail } from '../../src/testing/mailbox.ts'

function mail(text: string, to = 'c@d.example'): ReceivedMail {
  const raw = Buffer.from(`Subject: ${text}\r\n\r\n${text}`)
  return {
    envelope: { from: 'a@b.example', to: [to] },
    raw,
    secure: false,
    headers: new Map(),
    text,
    parsed: parseMessage(raw),
  }
}

test('waits for a message that is there or still to come', async () => {
  const mailbox = new Mailbox()
  const second = mailbox.waitFor(({ text }) => text === 'two')
  mailbox.add(mail('one'))
  mailbox.add(mail('two'))
  expect((await second).text).toBe('two')
  expect((await mailbox.waitFor()).text).toBe('one')
  expect(mailbox.messages).toHaveLength(2)
  mailbox.clear()
  expect(mailbox.messages).toEqual([])
})

test('what did not come is told with what did', async () => {
  const mailbox = new Mailbox()
  const never = (): boolean => false
  await expect(mailbox.waitFor(never, { timeout: 1 })).rejects.toThrow('none came at all')
  mailbox.add(mail('one'))
  await expect(mailbox.waitFor(never, { timeout: 1 })).rejects.toThrow(
    'no such message came within 1 ms; these came: "one" to c@d.example',
  )
})

test('[SMTP-51] captures mail for each recipient, also in Bcc, read as a person reads it', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const coming = server.mailbox.for('hidden@x.example').waitFor()
  const sentence = `Grüße, und ein Satz, der über das Ende einer Zeile hinausgeht: ${'Wort '.repeat(20)}`
  await client.send({
    from: 'ada@x.example',
    to: 'bob@x.example',
    bcc: 'hidden@x.example',
    subject: 'Grüße',
    text: sentence,
    attachments: [attach(fromText('1, 2'), { name: 'a.csv' })],
  })
  const { parsed, envelope } = await coming
  expect(envelope.to).toEqual(['bob@x.example', 'hidden@x.example'])
  expect(parsed).toMatchObject({ subject: 'Grüße', text: sentence, bcc: [], defects: [] })
  expect(parsed.attachments).toMatchObject([{ name: 'a.csv', type: 'text/csv' }])
  expect(server.mailbox.for('eve@x.example').messages).toEqual([])
  expect(server.mailbox.for('bob@x.example').messages).toHaveLength(1)
})

test('a call is given no message that an earlier call of the view was given, and each view has its own', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const { mailbox } = server
  const send = (subject: string): Promise<unknown> =>
    client.send({ from: 'ada@x.example', to: 'bob@x.example', subject, text: subject })
  const early = [mailbox.waitFor(), mailbox.waitFor(({ parsed }) => parsed.subject !== 'b')]
  for (const subject of ['a', 'b', 'c']) await send(subject)
  expect((await Promise.all(early)).map(({ parsed }) => parsed.subject)).toEqual(['a', 'c'])
  const subjects: unknown[] = []
  for (let n = 0; n < 3; n++) {
    subjects.push((await mailbox.for('bob@x.example').waitFor()).parsed.subject)
  }
  expect(subjects).toEqual(['a', 'b', 'c'])
  expect((await mailbox.waitFor()).parsed.subject).toBe('b')
  await expect(mailbox.waitFor(undefined, { timeout: 1 })).rejects.toThrow('these came: "a" to bob')
})
